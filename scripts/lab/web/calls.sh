# The requests that the HTTP samples and the live test make, by curl: web_calls BASE_URL [PREFIX [curl option ...]].
# Sourced after web.sh, never run.
web_calls() {
  local shop=$1 prefix=${2:-}
  shift; shift || true
  local common=("$@")
  call() { local name=$1 path=$2; shift 2; web_call "$prefix$name" "$shop$path" ${common[@]+"${common[@]}"} "$@"; }
  head -c 40000 /dev/zero | tr '\0' x >"$LAB/large"
  call list /orders
  call head /orders -I
  call create /orders -H 'Content-Type: application/json' -d '{"customer": 12, "total": "19.90", "state": "new"}'
  call update /orders/7 -X PATCH -H 'Content-Type: application/json' -d '{"state": "shipped"}'
  call override /orders/7 -X POST -H 'X-HTTP-Method-Override: PUT' -H 'Content-Type: application/json' -d '{"state": "lost"}'
  call refused /orders/7 -X DELETE
  call delete /orders/7 -X DELETE -u agent:fake-agent-password
  call gone /orders/7
  call broken /orders -H 'Content-Type: application/json' -d '{"customer": '
  call login /login --data-urlencode user=agent --data-urlencode password=fake-agent-password
  call session /orders -b 'session=fake-session-1234567890' -H 'X-Api-Key: fake-api-key-0123456789'
  call query '/orders?access_token=fake-access-token-0123456789&page=2'
  call options /orders -X OPTIONS
  call missing '/nothing/here%20at%20all?x=%00&y=%F0%9F%98%80'
  call upload /echo -F 'note=hello' -F "file=@$LAB/large;type=text/plain;filename=large.txt"
  call chunked /echo -H 'Transfer-Encoding: chunked' -H 'Content-Type: application/octet-stream' --data-binary "@$LAB/large"
  call expect /echo -H 'Expect: 100-continue' -H 'Content-Type: text/plain; charset=utf-8' --data-binary "Grüße"
  call empty /echo -X POST -H 'Content-Length: 0'
  call export '/export?rows=50'
  call gzip '/coded?by=gzip' --compressed
  call deflate '/coded?by=deflate' --compressed
  call raw '/coded?by=raw'
  call image /image
  call events '/events?n=4'
  call cached /cached -H 'If-None-Match: "v1"'
  call moved /moved -L
  call latin /until-close
}
