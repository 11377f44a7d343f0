-- What all databases of the server share.
CREATE ROLE clerk LOGIN;
CREATE ROLE boss NOLOGIN;
CREATE ROLE spare NOLOGIN;
CREATE ROLE team NOLOGIN;
GRANT team TO clerk;
