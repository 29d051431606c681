//! Parquet files whose only page says what we want it to say. Holds no check.

/// Codecs and encodings by their numbers in the format.
pub const UNCOMPRESSED: u64 = 0;
pub const SNAPPY: u64 = 1;
pub const GZIP: u64 = 2;
pub const PLAIN: u64 = 0;
pub const DELTA_LENGTH_BYTE_ARRAY: u64 = 6;
pub const DELTA_BYTE_ARRAY: u64 = 7;

pub fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// The field behind the one before it, or as many fields further on, with a whole number as its value.
fn number(out: &mut Vec<u8>, further: u8, wire: u8, value: u64) {
    out.push(further << 4 | wire);
    out.extend(varint(2 * value));
}

const I32: u8 = 5;
const I64: u8 = 6;
const END: u8 = 0;

/// A page of texts that are never null, in a file with the column `html`. Its header announces `packed` and `unpacked`
/// bytes, whatever `page` holds.
pub fn file(codec: u64, encoding: u64, rows: u64, unpacked: u64, packed: u64, page: &[u8]) -> Vec<u8> {
    let mut out = b"PAR1".to_vec();
    // kind, sizes, and of a data page: values, their encoding, and twice the one of levels
    for value in [0, unpacked, packed] {
        number(&mut out, 1, I32, value);
    }
    out.push(0x2c);
    for value in [rows, encoding, 3, 3] {
        number(&mut out, 1, I32, value);
    }
    out.extend([END, END]);
    out.extend(page);
    let size = out.len() as u64 - 4;
    let begin = out.len();
    number(&mut out, 1, I32, 1);
    // the schema: a root with one child, which is a required byte array in UTF-8
    out.extend(b"\x19\x2c\x48\x04root\x15\x02\x00");
    out.extend(b"\x15\x0c\x25\x00\x18\x04html\x25\x00\x00");
    number(&mut out, 1, I64, rows);
    // one group of one column: where it begins, its type, encodings and name
    out.extend(b"\x19\x1c\x19\x1c\x26\x08\x1c\x15\x0c\x19\x15\x00\x19\x18\x04html");
    number(&mut out, 1, I32, codec);
    for value in [rows, size, size] {
        number(&mut out, 1, I64, value);
    }
    number(&mut out, 2, I64, 4);
    out.extend([END, END]);
    for value in [size, rows] {
        number(&mut out, 1, I64, value);
    }
    out.extend([END, END]);
    let length = (out.len() - begin) as u32;
    out.extend(length.to_le_bytes());
    out.extend(b"PAR1");
    out
}
