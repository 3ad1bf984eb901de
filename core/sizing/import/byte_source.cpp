// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/byte_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace core {

Result<std::unique_ptr<FileSource>> FileSource::open(const std::filesystem::path &file)
{
    std::error_code problem;
    const auto status = std::filesystem::status(file, problem);
    if (status.type() == std::filesystem::file_type::not_found)
        return fail(ErrorKind::NotFound, "no such file", file.string());
    if (!problem && !std::filesystem::is_regular_file(status))
        return fail(ErrorKind::Io, "is not a file", file.string());
    std::unique_ptr<FileSource> source(new FileSource);
    source->m_size = problem ? 0 : std::filesystem::file_size(file, problem);
    if (problem)
        return fail(ErrorKind::Io, problem.message(), file.string());
    source->m_stream.open(file, std::ios::binary);
    if (!source->m_stream)
        return fail(ErrorKind::Io, "cannot be read", file.string());
    return source;
}

std::size_t FileSource::read(std::uint64_t offset, std::span<char> into)
{
    m_stream.clear();
    m_stream.seekg(static_cast<std::streamoff>(offset));
    m_stream.read(into.data(), static_cast<std::streamsize>(into.size()));
    return static_cast<std::size_t>(std::max<std::streamsize>(0, m_stream.gcount()));
}

std::size_t MemorySource::read(std::uint64_t offset, std::span<char> into)
{
    if (offset >= m_bytes.size())
        return 0;
    const auto part = m_bytes.substr(static_cast<std::size_t>(offset), into.size());
    std::ranges::copy(part, into.begin());
    return part.size();
}

void ByteReader::brokenAt(std::uint64_t offset, std::string message)
{
    throw BrokenDocument{fmt::format("offset {}", offset), std::move(message)};
}

void ByteReader::fill()
{
    m_buffer.resize(std::size_t{64} << 10U);
    m_buffer.resize(m_source.read(m_offset, m_buffer));
    m_used = 0;
}

std::uint8_t ByteReader::byte()
{
    if (m_used >= m_buffer.size())
        fill();
    if (m_buffer.empty())
        broken("ends here, in the middle of the header");
    ++m_offset;
    return static_cast<std::uint8_t>(m_buffer[m_used++]);
}

std::uint64_t ByteReader::little(int bytes)
{
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value |= static_cast<std::uint64_t>(byte()) << static_cast<unsigned>(8 * i);
    return value;
}

std::string ByteReader::text(std::uint64_t length, std::uint64_t most)
{
    if (length > most)
        broken(fmt::format("a text of {} bytes is longer than the {} that can be right here", length, most));
    if (length > left())
        broken(fmt::format("a text of {} bytes, but only {} are left", length, left()));
    std::string out;
    for (std::uint64_t i = 0; i < length; ++i)
        out += static_cast<char>(byte());
    return out;
}

void ByteReader::skip(std::uint64_t bytes)
{
    if (bytes > left())
        broken(fmt::format("claims {} bytes, but only {} are left", bytes, left()));
    const auto buffered = m_buffer.size() - m_used;
    if (bytes <= buffered) {
        m_used += static_cast<std::size_t>(bytes);
    } else {
        m_buffer.clear();
        m_used = 0;
    }
    m_offset += bytes;
}

} // namespace core
