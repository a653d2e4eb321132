//! The memory of a process, as the kernel counts it.

use anyhow::{Context as _, Result};

/// The peak memory of a running process so far, in bytes.
pub fn peak_memory(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak
        .and_then(|peak| peak.trim().strip_suffix(" kB"))
        .context("VmHWM is missing")?;
    Ok(kilobytes.parse::<u64>()? * 1_024)
}
