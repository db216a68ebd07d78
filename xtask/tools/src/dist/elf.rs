//! Whether a program for Linux runs on every Linux.

use anyhow::{Context as _, Result, bail, ensure};
use object::LittleEndian;
use object::elf::{DT_NEEDED, ET_DYN, FileHeader64};
use object::read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _};

/// Refuses a program that needs anything of the system but its kernel, a loader or a library; and
/// one that must be placed at a fixed address, where an attacker would know everything's place.
pub(super) fn require_portable(program: &[u8]) -> Result<()> {
    let header = FileHeader64::<LittleEndian>::parse(program).context("this is no 64-bit ELF")?;
    let endian = header.endian().context("the byte order is another one")?;
    ensure!(
        header.e_type(endian) == ET_DYN,
        "the program cannot be placed at an address of the system's choice"
    );
    for segment in header.program_headers(endian, program)? {
        if let Some(loader) = segment.interpreter(endian, program)? {
            let loader = String::from_utf8_lossy(loader);
            bail!("the program is linked dynamically; its loader is {loader}");
        }
        let entries = segment.dynamic(endian, program)?.unwrap_or_default();
        let needs = entries.iter().any(|one| one.d_tag(endian) == DT_NEEDED);
        ensure!(!needs, "the program needs shared libraries");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use object::elf::{PT_DYNAMIC, PT_INTERP};

    use super::*;

    /// An ELF for x86-64 with one segment of this kind, whose content stands at its end.
    fn with_segment(kind: u32, content: &[u8]) -> Vec<u8> {
        const HEADER: u16 = 64;
        const SEGMENT: u16 = 56;
        let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
        elf.resize(16, 0);
        for half in [3_u16, 62] {
            elf.extend(half.to_le_bytes());
        }
        elf.extend(1_u32.to_le_bytes());
        for word in [0, u64::from(HEADER), 0] {
            elf.extend(word.to_le_bytes());
        }
        elf.extend(0_u32.to_le_bytes());
        for half in [HEADER, SEGMENT, 1, 0, 0, 0] {
            elf.extend(half.to_le_bytes());
        }
        elf.extend(kind.to_le_bytes());
        elf.extend(4_u32.to_le_bytes());
        let size = content.len() as u64;
        let place = u64::from(HEADER + SEGMENT);
        for word in [place, 0, 0, size, size, 1] {
            elf.extend(word.to_le_bytes());
        }
        elf.extend(content);
        elf
    }

    fn dynamic(entries: &[(i64, u64)]) -> Vec<u8> {
        let words = entries
            .iter()
            .flat_map(|(tag, value)| [tag.to_le_bytes(), value.to_le_bytes()]);
        with_segment(PT_DYNAMIC.0, &words.flatten().collect::<Vec<u8>>())
    }

    #[test]
    fn a_static_program_is_taken_and_one_that_needs_a_loader_or_a_library_is_not() {
        require_portable(&with_segment(1, b"code")).expect("nothing dynamic");
        // A static program that can be placed anywhere relocates itself.
        require_portable(&dynamic(&[(7, 0x1000), (0, 0)])).expect("no library");

        let loader = b"/lib64/ld-linux-x86-64.so.2\0";
        let error = require_portable(&with_segment(PT_INTERP.0, loader)).expect_err("a loader");
        assert!(error.to_string().contains("ld-linux"), "{error:#}");
        let error = require_portable(&dynamic(&[(1, 0x10), (0, 0)])).expect_err("a library");
        assert!(error.to_string().contains("shared"), "{error:#}");
        require_portable(b"#!/bin/sh").expect_err("no ELF");

        let mut fixed = with_segment(1, b"code");
        fixed[16] = 2;
        let error = require_portable(&fixed).expect_err("a fixed address");
        assert!(error.to_string().contains("address"), "{error:#}");
    }
}
