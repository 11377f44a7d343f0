"""An agent with cloud credentials: a real AWS SDK against a mock of AWS on loopback.

Writes its own account of every request as the SDK sent it, one JSON object a line.

    aws.py ENDPOINT ACCOUNT
"""

import hashlib
import json
import sys

import boto3
from botocore.config import Config

endpoint, account = sys.argv[1:]
session = boto3.Session("AKIAFAKEEXAMPLE00001", "fake-secret-access-key-not-real-0000000000", region_name="eu-central-1")
log = open(account, "w")


def note(request, **_):
    body = request.body or b""
    if hasattr(body, "read"):
        place = body.tell()
        body = body.read()
        request.body.seek(place)
    if isinstance(body, str):
        body = body.encode()
    log.write(json.dumps({"method": request.method, "url": request.url, "body_sha256": hashlib.sha256(body).hexdigest(),
                          "body_bytes": len(body)}) + "\n")


def client(service):
    made = session.client(service, endpoint_url=endpoint, config=Config(
        retries={"max_attempts": 0}, s3={"addressing_style": "path"}, request_checksum_calculation="when_required"))
    made.meta.events.register("before-send", note)
    return made


s3 = client("s3")
s3.create_bucket(Bucket="exports", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
s3.put_object(Bucket="exports", Key="customers/2026-11.csv", Body=b"id,email\n1,someone@example.org\n")
s3.list_objects_v2(Bucket="exports")
s3.get_object(Bucket="exports", Key="customers/2026-11.csv")["Body"].read()
s3.delete_object(Bucket="exports", Key="customers/2026-11.csv")
client("sts").get_caller_identity()
secrets = client("secretsmanager")
secrets.create_secret(Name="prod/db", SecretString="fake-database-password")
secrets.get_secret_value(SecretId="prod/db")
table = client("dynamodb")
table.create_table(TableName="carts", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
                   AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
table.put_item(TableName="carts", Item={"id": {"S": "7"}, "total": {"N": "129.90"}})
table.get_item(TableName="carts", Key={"id": {"S": "7"}})
iam = client("iam")
iam.create_user(UserName="backdoor")
iam.create_access_key(UserName="backdoor")
iam.list_users()
log.close()
