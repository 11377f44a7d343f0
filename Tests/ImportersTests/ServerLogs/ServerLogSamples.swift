/// Logs by the documented formats, one of each.
enum ServerLogSamples {
  struct Sample: Sendable {
    var format: String
    var text: String
  }

  static let all: [Sample] = [
    Sample(format: "postgres-csvlog", text: postgresCSV), Sample(format: "postgres-jsonlog", text: postgresJSON),
    Sample(format: "postgres-stderr", text: postgresText), Sample(format: "syslog", text: syslog),
    Sample(format: "syslog", text: modernSyslog), Sample(format: "journal-json", text: journalJSON),
    Sample(format: "journal-export", text: journalExport), Sample(format: "sudo-io-log", text: sudoIOLog),
    Sample(format: "nginx", text: combined), Sample(format: "envoy", text: envoy),
    Sample(format: "haproxy", text: haproxy), Sample(format: "access-json", text: nginxJSON),
    Sample(format: "access-json", text: envoyJSON), Sample(format: "kubernetes-audit", text: kubernetes),
    Sample(format: "kubernetes-audit", text: kubernetesList), Sample(format: "cloudtrail", text: cloudTrail),
    Sample(format: "cloudtrail", text: cloudTrailLines), Sample(format: "sshd", text: sshdFile),
  ]

  static let postgresCSV = #"""
    2026-05-06 07:08:09.100 CEST,,,41,"10.0.0.7:40022",69fa0001.29,1,"",2026-05-06 07:08:09 CEST,,0,LOG,00000,"connection received: host=10.0.0.7 port=40022",,,,,,,,,"","not initialized",,0
    2026-05-06 07:08:09.110 CEST,"ann","shop",41,"10.0.0.7:40022",69fa0001.29,2,"authentication",2026-05-06 07:08:09 CEST,3/1,0,LOG,00000,"connection authorized: user=ann database=shop application_name=psql",,,,,,,,,"psql","client backend",,0
    2026-05-06 07:08:09.120 CEST,"ann","shop",41,"10.0.0.7:40022",69fa0001.29,3,"idle",2026-05-06 07:08:09 CEST,3/2,0,LOG,00000,"statement: SELECT 'a
    2026-05-06 07:08:09.120 CEST,""b"",",,,,,,,,,"psql","client backend",,0
    2026-05-06 07:08:09.130 CEST,"ann","shop",41,"10.0.0.7:40022",69fa0001.29,4,"SELECT",2026-05-06 07:08:09 CEST,3/3,0,LOG,00000,"execute p1/c1: SELECT $1, $2","Parameters: $1 = 'it''s, $2 = ', $2 = NULL",,,,,,,,"psql","client backend",,0
    2026-05-06 07:08:09.140 CEST,"ann","shop",41,"10.0.0.7:40022",69fa0001.29,5,"BIND",2026-05-06 07:08:09 CEST,3/4,0,ERROR,22P02,"invalid input syntax",,,,,,"SELECT $1, $2",,,"psql","client backend",,0
    2026-05-06 07:08:09.150 CEST,,,99,,69fa0001.63,1,"",2026-05-06 07:08:09 CEST,,0,ERROR,57014,"canceling autovacuum task",,,,,"automatic vacuum of table ""shop.public.t""",,,,"","autovacuum worker",,0
    2026-05-06 07:08:10.000 CEST,"ann","shop",41,"10.0.0.7:40022",69fa0001.29,6,"idle",2026-05-06 07:08:09 CEST,,0,LOG,00000,"disconnection: session time: 0:00:00.900 user=ann database=shop host=10.0.0.7 port=40022",,,,,,,,,"psql","client backend",,0

    """#

  static let postgresJSON = #"""
    {"timestamp":"2026-05-06 07:08:09.120 UTC","user":"ann","dbname":"shop","pid":41,"remote_host":"10.0.0.7","remote_port":40022,"session_id":"69fa0001.29","line_num":3,"ps":"idle","error_severity":"LOG","message":"duration: 1.250 ms  statement: SELECT 'a\n\"b\"'","application_name":"psql","backend_type":"client backend"}
    {"timestamp":"2026-05-06 07:08:09.130 UTC","user":"ann","dbname":"shop","pid":41,"remote_host":"10.0.0.7","remote_port":40022,"session_id":"69fa0001.29","line_num":4,"ps":"SELECT","error_severity":"LOG","message":"fastpath function call: \"lo_open\" (OID 952)","application_name":"psql","backend_type":"client backend"}
    {"timestamp":"2026-05-06 07:08:09.140 UTC","user":"ann","dbname":"shop","pid":42,"remote_host":"[local]","session_id":"69fa0001.2a","line_num":1,"ps":"SELECT","error_severity":"ERROR","state_code":"42601","message":"syntax error at or near \"selec\"","statement":"selec","application_name":"psql","backend_type":"client backend"}

    """#

  static let postgresText = """
    2026-05-06 07:08:09 EST [41]: user=ann,db=shop,app=psql,client=10.0.0.7 LOG:  statement: SELECT 'a
    \t2026-05-06 07:08:09 EST [41]: user=ann,db=shop,app=psql,client=10.0.0.7 LOG:  statement: no
    \t'
    2026-05-06 07:08:09 EST [41]: user=ann,db=shop,app=psql,client=10.0.0.7 LOG:  duration: 2.500 ms
    2026-05-06 07:08:10 EST [41]: user=ann,db=shop,app=psql,client=10.0.0.7 LOG:  statement: SELECT 1/0
    2026-05-06 07:08:10 EST [41]: user=ann,db=shop,app=psql,client=10.0.0.7 ERROR:  division by zero
    2026-05-06 07:08:10 EST [41]: user=ann,db=shop,app=psql,client=10.0.0.7 STATEMENT:  SELECT 1/0
    2026-05-06 07:08:11 EST [7]: user=,db=,app=,client= LOG:  checkpoint starting: time

    """

  static let syslog = """
    Dec 31 23:59:58 bastion sshd[100]: Server listening on 0.0.0.0 port 22.
    Dec 31 23:59:59 bastion sshd[200]: Connection from 10.0.0.7 port 40022 on 10.0.0.1 port 22 rdomain ""
    Jan  1 00:00:00 bastion sshd[200]: Accepted key ED25519 SHA256:abc found at /home/ann/.ssh/authorized_keys:1
    Jan  1 00:00:00 bastion sshd[200]: Postponed publickey for ann from 10.0.0.7 port 40022 ssh2 [preauth]
    Jan  1 00:00:00 bastion sshd[200]: Accepted publickey for ann from 10.0.0.7 port 40022 ssh2: ED25519-CERT SHA256:abc ID ann@corp (serial 7) CA RSA SHA256:def
    Jan  1 00:00:00 bastion sshd[200]: pam_unix(sshd:session): session opened for user ann(uid=1000) by (uid=0)
    Jan  1 00:00:00 bastion sshd[200]: User child is on pid 205
    Jan  1 00:00:01 bastion sshd[205]: Starting session: shell on pts/0 for ann from 10.0.0.7 port 40022 id 0
    Jan  1 00:00:02 bastion sshd[205]: Starting session: subsystem 'sftp' for ann from 10.0.0.7 port 40022 id 1
    Jan  1 00:00:02 bastion sshd[205]: Starting session: command for ann from 10.0.0.7 port 40022 id 2
    Jan  1 00:00:02 bastion sshd[205]: Starting session: forced-command (key-option) '/bin/backup --all' for ann from 10.0.0.7 port 40022 id 3
    Jan  1 00:00:03 bastion sshd[205]: Received disconnect from 10.0.0.7 port 40022:11: disconnected by user
    Jan  1 00:00:03 bastion sshd[205]: Disconnected from user ann 10.0.0.7 port 40022
    Jan  1 00:00:04 bastion sshd[300]: Invalid user from from from 10.0.0.8 port 40023
    Jan  1 00:00:05 bastion sshd[300]: Failed password for invalid user from from from 10.0.0.8 port 40023 ssh2
    Jan  1 00:00:06 bastion sshd[300]: Connection closed by invalid user from 10.0.0.8 port 40023 [preauth]
    Jan  1 00:00:07 bastion sudo:      ann : TTY=pts/0 ; PWD=/home/ann ; USER=root ; COMMAND=/usr/bin/printf a#011b
    Jan  1 00:00:07 bastion sudo:      ann : (command continued) and more
    Jan  1 00:00:08 bastion sudo:      bob : command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh
    Jan  1 00:00:09 bastion haproxy[9]: 10.0.0.9:5000 [01/Jan/2026:00:00:08.500] db db/pg1 0/0/5007 212 -- 0/0/0/0/3 0/0
    Jan  1 00:00:10 bastion CRON[400]: (root) CMD (true)

    """

  static let modernSyslog = """
    2026-05-06T07:08:09.123456+02:00 bastion sshd-session[200]: Failed publickey for ann from 2001:db8::7 port 40022 ssh2: RSA SHA256:abc
    <86>1 2026-05-06T05:08:10.5Z bastion sshd-session 200 - - Connection closed by authenticating user ann 2001:db8::7 port 40022 [preauth]
    2026-05-06T07:08:11.000000+02:00 bastion haproxy[9]: 10.0.0.9:5000 [06/May/2026:07:08:10.500] web~ app/a1 0/0/1/2/30 200 512 - - ---- 1/1/0/0/0 0/0 {shop} "GET /x?q=#22 HTTP/1.1"

    """

  static let journalJSON = #"""
    {"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1778044089123456","_HOSTNAME":"bastion","SYSLOG_IDENTIFIER":"sshd","_PID":"200","MESSAGE":"Accepted password for ann from 10.0.0.7 port 40022 ssh2"}
    {"__CURSOR":"s=2","__REALTIME_TIMESTAMP":"1778044090123456","_HOSTNAME":"bastion","SYSLOG_IDENTIFIER":"sshd","_PID":"200","MESSAGE":[67,108,111,115,105,110,103,32,99,111,110,110,101,99,116,105,111,110,32,116,111,32,49,48,46,48,46,48,46,55,32,112,111,114,116,32,52,48,48,50,50]}

    """#

  static let journalExport =
    "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1778044089123456\n_HOSTNAME=bastion\nSYSLOG_IDENTIFIER=sudo\n_PID=7\n"
    + "MESSAGE\n\u{3E}\0\0\0\0\0\0\0" + "     ann : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/echo\na\n"
    + "\n__CURSOR=s=2\n__REALTIME_TIMESTAMP=1778044090123456\n_HOSTNAME=bastion\nSYSLOG_IDENTIFIER=sshd\n_PID=8\n"
    + "MESSAGE=Accepted password for ann from 10.0.0.7 port 40022 ssh2\n\n"

  static let sudoIOLog = """
    {
      "timestamp": {
        "seconds": 1778044089,
        "nanoseconds": 123456789
      },
      "columns": 80,
      "command": "/usr/bin/systemctl",
      "exit_value": 3,
      "lines": 24,
      "runargv": ["systemctl", "restart", "shop"],
      "runuser": "root",
      "submitcwd": "/home/ann",
      "submithost": "bastion",
      "submituser": "ann",
      "ttyname": "/dev/pts/0"
    }

    """

  static let combined = #"""
    10.0.0.7 - ann [06/May/2026:07:08:09 +0200] "GET /a?q=\x22b\x22 HTTP/1.1" 200 612 "https://shop.internal/" "curl/8" "10.9.9.9" rt=0.125 request_id=7f0e port=40022 msec=1778044089.250
    2001:db8::7 - - [06/May/2026:07:08:10 +0200] "\x16\x03\x01" 400 157 "-" "-"
    10.0.0.7 - - [06/May/2026:07:08:11 +0200] "POST /login HTTP/2.0" 403 0
    shop.internal:443 10.0.0.7 - - [06/May/2026:07:08:12 +0200] "GET / HTTP/1.1" 502 0 "-" "x" 0.005

    """#

  static let envoy = #"""
    [2026-05-06T07:08:09.123Z] "GET /a HTTP/2" 200 - 0 612 3 2 "10.0.0.7" "curl/8" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop.internal" "10.0.1.1:80"
    [2026-05-06T07:08:10.123Z] "GET /b HTTP/1.1" 503 UF upstream_failure - "-" 0 91 3 - "-" "curl/8" "id2" "shop.internal" "10.0.1.1:80" outbound|80||shop - 10.0.2.2:80 10.0.0.7:40022 - default

    """#

  static let haproxy = #"""
    10.0.0.7:40022 [06/May/2026:07:08:09.655] web~ app/a1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {shop.internal} {} "GET /index.html HTTP/1.1"
    10.0.0.7:40023 [06/May/2026:07:08:10.655] web web/<NOSRV> -1/-1/-1/-1/5000 -1 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"
    10.0.0.7:40024 [06/May/2026:07:08:11.655] db db/pg1 0/0/5007 212 -- 0/0/0/0/3 0/0

    """#

  static let nginxJSON = #"""
    {"time_iso8601":"2026-05-06T07:08:09+02:00","remote_addr":"10.0.0.7","remote_port":"40022","request_method":"GET","request_uri":"/a%20b","status":"200","body_bytes_sent":"612","request_time":"0.125","http_user_agent":"curl/8","host":"shop.internal","request_id":"7f0e","remote_user":""}
    {"msec":"1778044090.250","remote_addr":"10.0.0.7","request":"POST /c HTTP/1.1","status":500,"bytes_sent":10}

    """#

  static let envoyJSON = #"""
    {"start_time":"2026-05-06T07:08:09.123Z","method":"GET","path":"/a","protocol":"HTTP/2","response_code":401,"response_flags":"-","bytes_sent":5,"duration":12,"downstream_remote_address":"10.0.0.7:40022","authority":"shop.internal","request_id":"id1","user_agent":"curl/8","x_forwarded_for":null}

    """#

  static let kubernetes = #"""
    {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a1","stage":"RequestReceived","requestURI":"/api/v1/namespaces/shop/pods?limit=5","verb":"list","user":{"username":"ann","groups":["dev"]},"sourceIPs":["10.9.9.9","10.0.0.7"],"userAgent":"kubectl/v1.30","objectRef":{"resource":"pods","namespace":"shop","apiVersion":"v1"},"requestReceivedTimestamp":"2026-05-06T07:08:09.100000Z","stageTimestamp":"2026-05-06T07:08:09.100000Z"}
    {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a2","stage":"ResponseStarted","requestURI":"/api/v1/watch","verb":"watch","user":{"username":"ann"},"sourceIPs":["10.0.0.7"],"requestReceivedTimestamp":"2026-05-06T07:08:09.150000Z","stageTimestamp":"2026-05-06T07:08:09.160000Z"}
    {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods?limit=5","verb":"list","user":{"username":"ann","groups":["dev"]},"sourceIPs":["10.9.9.9","10.0.0.7"],"userAgent":"kubectl/v1.30","objectRef":{"resource":"pods","namespace":"shop","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":"2026-05-06T07:08:09.100000Z","stageTimestamp":"2026-05-06T07:08:09.200000Z","annotations":{"authorization.k8s.io/decision":"allow"}}

    """#

  static let kubernetesList = #"""
    {"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{"level":"Metadata","auditID":"a3","stage":"ResponseComplete","requestURI":"/apis/apps/v1/namespaces/shop/deployments/web","verb":"delete","user":{"username":"admin"},"impersonatedUser":{"username":"ann"},"sourceIPs":["10.0.0.7"],"objectRef":{"apiGroup":"apps","resource":"deployments","name":"web","namespace":"shop"},"responseStatus":{"code":403,"reason":"Forbidden"},"requestReceivedTimestamp":"2026-05-06T07:08:09.100000Z","stageTimestamp":"2026-05-06T07:08:09.110000Z"}]}

    """#

  static let cloudTrail = """
    {
      "Records": [
        {
          "eventVersion": "1.09", "eventTime": "2026-05-06T07:08:09Z", "eventSource": "s3.amazonaws.com",
          "eventName": "PutObject", "awsRegion": "eu-central-1", "sourceIPAddress": "10.0.0.7", "userAgent": "[Boto3/1.34]",
          "userIdentity": { "type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/ann", "accessKeyId": "AKIAEXAMPLE" },
          "requestParameters": { "bucketName": "shop", "key": "a" }, "responseElements": null, "requestID": "R1", "eventID": "E1",
          "additionalEventData": { "bytesTransferredOut": 12.0 }
        },
        {
          "eventVersion": "1.09", "eventTime": "2026-05-06T07:08:10Z", "eventSource": "lambda.amazonaws.com",
          "eventName": "GetFunction20150331v2", "awsRegion": "eu-central-1", "sourceIPAddress": "10.0.0.7",
          "userIdentity": { "type": "IAMUser", "userName": "ann" }, "errorCode": "AccessDenied", "errorMessage": "no",
          "requestParameters": { "functionName": "f" }, "requestID": "R2"
        }
      ]
    }

    """

  static let cloudTrailLines = #"""
    {"eventVersion":"1.09","eventTime":"2026-05-06T07:08:09Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","userIdentity":{"type":"AWSService","invokedBy":"x.amazonaws.com"},"requestID":"R3"}
    {"eventVersion":"1.09","eventTime":"2026-05-06T07:08:10Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}

    """#

  static let sshdFile = """
    Server listening on 127.0.0.1 port 2222.
    Connection from 127.0.0.1 port 40022 on 127.0.0.1 port 2222 rdomain ""
    Accepted publickey for ann from 127.0.0.1 port 40022 ssh2: ED25519 SHA256:abc
    Starting session: command for ann from 127.0.0.1 port 40022 id 0
    Closing connection to 127.0.0.1 port 40022

    """
}
