# shellcheck shell=bash
# shellcheck disable=SC2016 # for dpkg-query
# What a program is made of, as Debian packages of this machine. Sourced after common.sh.

# Names of the packages that own the files on stdin, by either path of a merged /usr, one per line.
# Fails only if no file belongs to a package.
packages_of() {
  local files=() file
  while IFS= read -r file; do files+=("$file" "${file#/usr}" "/usr$file"); done
  { dpkg-query --search "${files[@]}" 2>/dev/null || true; } |
    sed '/^diversion by /d; s/: .*//; s/, /\n/g' |
    sed 's/:.*//' | sort -u
}

# libraries PROGRAM: the dynamic loader and the libraries that it finds.
libraries() {
  ldd "$1" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*\) .*/\1/p' | sort -u
}

# compiled_in BUILD TARGET: headers and archives that compiler and linker have read, from the records
# of the build.
compiled_in() {
  ninja -C "$1" -t deps | sed -n 's/^ *\(\/usr\/.*\)/\1/p' | sort -u
  ninja -C "$1" -t commands "$2" | tail -n 1 | tr ' ' '\n' | grep '^/usr/.*\.a$' | sort -u
}

# spdx PROGRAM VERSION EPOCH PACKAGE...: the packages of a program, as SPDX 2.3.
spdx() {
  local sum created distro file=$1 version=$2 epoch=$3
  shift 3
  distro=$(os_release VERSION_CODENAME)
  sum=$(sha256sum <"$file" | cut -d ' ' -f 1)
  created=$(date --utc --date="@$epoch" +%Y-%m-%dT%H:%M:%SZ)
  dpkg-query --show --showformat '${Package}\t${Version}\t${Architecture}\t${source:Package}\n' "$@" |
    sort -u | jq --raw-input --null-input --arg program "$(basename "$file")" --arg version "$version" \
    --arg sum "$sum" --arg created "$created" --arg distro "$distro" '
    def package($id; $name; $version): {SPDXID: $id, name: $name, versionInfo: $version,
      downloadLocation: "NOASSERTION", filesAnalyzed: false, licenseConcluded: "NOASSERTION",
      licenseDeclared: "NOASSERTION", copyrightText: "NOASSERTION"};
    [inputs | split("\t") | {name: .[0], version: .[1], arch: .[2], source: .[3],
      id: ("SPDXRef-Package-" + (.[0] | gsub("[^a-zA-Z0-9.-]"; "-")))}] as $packages |
    {spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", name: $program,
      documentNamespace: "https://modelgates.ai/spdx/\($program)-\($version)-\($sum)",
      creationInfo: {created: $created, creators: ["Tool: scripts/lib/sbom.sh"]},
      packages: ([package("SPDXRef-Program"; $program; $version) +
          {primaryPackagePurpose: "APPLICATION",
           checksums: [{algorithm: "SHA256", checksumValue: $sum}]}] +
        [$packages[] | package(.id; .name; .version) + {supplier: "Organization: Debian",
          sourceInfo: "built from the Debian source package \(.source)",
          externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl",
            referenceLocator: "pkg:deb/debian/\(.name | @uri)@\(.version | @uri)?arch=\(.arch)&distro=\($distro)"}]}]),
      relationships: ([{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES",
          relatedSpdxElement: "SPDXRef-Program"}] +
        [$packages[] | {spdxElementId: "SPDXRef-Program", relationshipType: "DEPENDS_ON",
          relatedSpdxElement: .id}])}'
}
