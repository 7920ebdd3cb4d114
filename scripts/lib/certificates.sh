# shellcheck shell=bash
# Certificates for programs that scripts start, valid for two days. Sourced.

# make_authority NAME: makes NAME.crt and NAME.key in this folder.
make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/O=$1" \
    -keyout "$1.key" -out "$1.crt"
}

# certify NAME SUBJECT_ALT_NAME [AUTHORITY]: makes NAME.crt and NAME.key; the authority is `ca`
# unless named.
certify() {
  local authority=${3:-ca}
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=example" \
    -keyout "$1.key" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$authority.crt" -CAkey "$authority.key" -days 2 -out "$1.crt" \
    -extfile <(printf 'subjectAltName=%s\n' "$2")
}
