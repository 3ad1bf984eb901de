// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/sizing/import/json_section.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Bytes that can be read at any place. What it says of its size is not trusted for allocation.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    ByteSource() = default;
    ByteSource(const ByteSource &) = delete;
    ByteSource &operator=(const ByteSource &) = delete;

    virtual std::uint64_t size() const = 0;
    /// Fills `into` from `offset` on; how many bytes there were.
    virtual std::size_t read(std::uint64_t offset, std::span<char> into) = 0;
};

/// A file, opened for reading.
class FileSource : public ByteSource {
public:
    /// NotFound or Io.
    static Result<std::unique_ptr<FileSource>> open(const std::filesystem::path &file);
    std::uint64_t size() const override { return m_size; }
    std::size_t read(std::uint64_t offset, std::span<char> into) override;

private:
    FileSource() = default;
    std::ifstream m_stream;
    std::uint64_t m_size = 0;
};

/// Bytes in memory, for tests; `size` may promise more than there is, as a file cut short does.
class MemorySource : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes, std::uint64_t missing = 0)
        : m_bytes(bytes)
        , m_size(bytes.size() + missing)
    {
    }
    std::uint64_t size() const override { return m_size; }
    std::size_t read(std::uint64_t offset, std::span<char> into) override;

private:
    std::string_view m_bytes;
    std::uint64_t m_size;
};

/// Reads a source from front to back, little-endian, 64 KiB at a time. Whatever is not there is BrokenDocument with the
/// offset; nothing is allocated by a count the source did not first prove to hold.
class ByteReader {
public:
    explicit ByteReader(ByteSource &source) : m_source(source) {}

    std::uint64_t offset() const { return m_offset; }
    std::uint64_t left() const { return m_offset < m_source.size() ? m_source.size() - m_offset : 0; }
    std::uint8_t byte();
    std::uint32_t word32() { return static_cast<std::uint32_t>(little(4)); }
    std::uint64_t word64() { return little(8); }
    std::uint64_t little(int bytes);
    std::string text(std::uint64_t length, std::uint64_t most); ///< Broken when longer than `most`
    void skip(std::uint64_t bytes);
    [[noreturn]] void broken(std::string message) const { brokenAt(m_offset, std::move(message)); }
    [[noreturn]] static void brokenAt(std::uint64_t offset, std::string message);

private:
    void fill();
    ByteSource &m_source;
    std::uint64_t m_offset = 0;
    std::vector<char> m_buffer;
    std::size_t m_used = 0;
};

} // namespace core
