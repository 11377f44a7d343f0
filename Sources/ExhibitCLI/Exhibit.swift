@main struct Exhibit { static func main() {} }
