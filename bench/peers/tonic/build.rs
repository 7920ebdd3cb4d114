fn main() -> std::io::Result<()> {
    let protos = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../proto");
    println!("cargo:rerun-if-changed={protos}/modelgates/oauth/v1/oauth.proto");
    tonic_prost_build::configure().compile_protos(
        &[format!("{protos}/modelgates/oauth/v1/oauth.proto")],
        &[protos.to_string()],
    )
}
