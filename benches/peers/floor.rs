//! What reading costs without the work, for the benchmarks of peers: the `csv` crate finding the records of a
//! file and nothing else, and a copy that reads a file and writes so many bytes.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

const USAGE: &str = "floor records FILE | floor copy FILE OUT BYTES";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["records", file] => {
            println!("{}", records(Path::new(file))?);
            Ok(())
        }
        ["copy", file, out, bytes] => Ok(copy(Path::new(file), Path::new(out), bytes.parse()?)?),
        _ => Err(USAGE.into()),
    }
}

/// Reads every record into one that is used again, and says how many there are.
fn records(file: &Path) -> csv::Result<u64> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(file)?;
    let mut record = csv::ByteRecord::new();
    let mut found = 0;
    while reader.read_byte_record(&mut record)? {
        found += 1;
    }
    Ok(found)
}

/// Reads a file to its end and writes as many bytes as the flags of it have, in step.
fn copy(file: &Path, out: &Path, bytes: u64) -> std::io::Result<()> {
    let mut file = File::open(file)?;
    let mut out = File::create(out)?;
    let total = file.metadata()?.len().max(1);
    let mut block = vec![0; 1 << 20];
    let (mut read, mut written) = (0, 0);
    loop {
        let taken = file.read(&mut block)?;
        if taken == 0 {
            break;
        }
        read += taken as u64;
        let due =
            u64::try_from(u128::from(bytes) * u128::from(read.min(total)) / u128::from(total));
        written += write_zeros(&mut out, due.unwrap_or(bytes) - written)?;
    }
    write_zeros(&mut out, bytes - written)?;
    Ok(())
}

/// Writes zeros in blocks, and says how many.
fn write_zeros(out: &mut File, bytes: u64) -> std::io::Result<u64> {
    let zeros = vec![0; usize::try_from(bytes.min(1 << 20)).unwrap_or(1 << 20)];
    let mut left = bytes;
    while left > 0 {
        let block = usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len());
        out.write_all(&zeros[..block])?;
        left -= block as u64;
    }
    Ok(bytes)
}
