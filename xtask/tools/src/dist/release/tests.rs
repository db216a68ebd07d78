use super::*;

const LINUX: Platform = Platform {
    os: "linux",
    arch: "amd64",
};
const WINDOWS: Platform = Platform {
    os: "windows",
    arch: "amd64",
};

fn release(directory: &tempfile::TempDir) -> Release {
    Release::in_directory(directory.path(), Program::Provider).expect("a directory")
}

fn program(directory: &tempfile::TempDir) -> PathBuf {
    let path = directory.path().join("built");
    fs::write(&path, "the program").expect("written");
    path
}

#[test]
fn an_archive_depends_on_the_program_alone() {
    let (here, there) = (tempfile::tempdir(), tempfile::tempdir());
    let (here, there) = (here.expect("one"), there.expect("another"));
    let archives = [&here, &there].map(|directory| {
        let program = program(directory);
        let touched = File::options().write(true).open(&program).expect("open");
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        if std::ptr::eq(directory, &there) {
            touched.set_modified(time).expect("an older file");
        }
        let packed = release(directory).pack(LINUX, &program).expect("packed");
        fs::read(packed).expect("an archive")
    });
    assert_eq!(archives[0], archives[1]);
}

#[test]
fn an_archive_holds_the_licence_and_the_program_by_its_version() {
    let directory = tempfile::tempdir().expect("a directory");
    for (platform, suffix) in [(LINUX, ""), (WINDOWS, ".exe")] {
        let packed = release(&directory).pack(platform, &program(&directory));
        let packed = File::open(packed.expect("packed")).expect("an archive");
        let mut archive = zip::ZipArchive::new(packed).expect("readable");
        let mut entries = Vec::new();
        for index in 0..archive.len() {
            let file = archive.by_index(index).expect("an entry");
            assert_eq!(file.last_modified(), Some(DateTime::default()));
            entries.push((file.name().expect("a name").into_owned(), file.unix_mode()));
        }
        let name = format!("terraform-provider-joonto_v{VERSION}{suffix}");
        let expected = [
            ("LICENSE".to_owned(), Some(0o100_644)),
            (name, Some(0o100_755)),
        ];
        assert_eq!(entries, expected);
    }
}

#[test]
fn the_checksums_cover_every_archive_and_the_manifest() {
    let directory = tempfile::tempdir().expect("a directory");
    let release = release(&directory);
    for platform in [WINDOWS, LINUX] {
        release
            .pack(platform, &program(&directory))
            .expect("packed");
    }
    release.seal(&[WINDOWS, LINUX]).expect("sealed");
    let sums = fs::read_to_string(release.checksums()).expect("checksums");
    let files = [
        release.archive(LINUX),
        release.manifest(),
        release.archive(WINDOWS),
    ];
    let expected: Vec<String> = files
        .iter()
        .map(|file| {
            let name = file.file_name().expect("a name").to_string_lossy();
            format!("{}  {name}\n", checksum(file).expect("a checksum"))
        })
        .collect();
    assert_eq!(sums, expected.concat());
}

#[test]
fn a_release_with_an_archive_missing_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let release = release(&directory);
    release.pack(LINUX, &program(&directory)).expect("packed");
    let error = release
        .seal(&[LINUX, WINDOWS])
        .expect_err("nothing for Windows");
    assert!(error.to_string().contains("windows_amd64.zip"), "{error:#}");
    assert!(!release.checksums().exists());
}

#[test]
fn a_checksum_is_what_everybody_else_computes() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("abc");
    fs::write(&file, "abc").expect("written");
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(checksum(&file).expect("a checksum"), known);
}

/// The registry takes checksums of the provider's archives and its manifest, and of nothing else.
#[test]
fn the_sandbox_has_checksums_of_its_own() {
    let directory = tempfile::tempdir().expect("a directory");
    let built = program(&directory);
    let sums = Program::ALL.map(|program| {
        let release = Release::in_directory(directory.path(), program).expect("a directory");
        release.pack(LINUX, &built).expect("packed");
        release.seal(&[LINUX]).expect("sealed");
        let sums = fs::read_to_string(release.checksums()).expect("checksums");
        let names = sums.lines().filter_map(|line| line.split_once("  "));
        names.map(|(_, name)| name.to_owned()).collect::<Vec<_>>()
    });
    let [provider, sandbox] = ["terraform-provider-joonto", "joonto-sandbox"];
    let of = |name, rest| format!("{name}_{VERSION}_{rest}");
    assert_eq!(
        sums[0],
        [
            of(provider, "linux_amd64.zip"),
            of(provider, "manifest.json")
        ]
    );
    assert_eq!(sums[1], [of(sandbox, "linux_amd64.zip")]);
    assert_eq!(Program::Sandbox.file_name(WINDOWS), "joonto-sandbox.exe");
}
