public import ArgumentParser
public import Model

extension Effect: ExpressibleByArgument {}
extension Action.Status: ExpressibleByArgument {}
