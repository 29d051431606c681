//! Logarithm and exponential with the same bits on every machine. The system's own take fused multiply-add where
//! the processor has it, and differ in the last bit. Square roots and the four operations need no help.

/// Natural logarithm.
pub fn ln(x: f32) -> f32 {
    libm::log(f64::from(x)) as f32
}

/// Natural logarithm of one plus `x`.
pub fn ln_1p(x: f32) -> f32 {
    libm::log1p(f64::from(x)) as f32
}

/// e to the power of `x`.
pub fn exp(x: f32) -> f32 {
    libm::exp(f64::from(x)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_the_bits_that_they_have_everywhere() {
        let mut hash = 0_u64;
        for k in 0..20_000_u32 {
            let x = (k as f32 - 10_000.0) / 100.0;
            for y in [exp(x), ln(x.abs() + 0.01), ln_1p(x.abs())] {
                hash = (hash ^ u64::from(y.to_bits())).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        assert_eq!(hash, 0xfec5_406b_e663_6e72, "{hash:#x}");
    }

    #[test]
    fn results_are_those_of_the_mathematics() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(ln_1p(0.0), 0.0);
        assert!((exp(1.0) - std::f32::consts::E).abs() < 1e-6);
        assert!((ln(10.0) - std::f32::consts::LN_10).abs() < 1e-6);
    }
}
