using System.Buffers.Binary;
using System.Text;

namespace Attune.NativeSetup;

/// <summary>
/// Finds and weakens a required symbol version in a 64-bit little-endian ELF image.
/// Source: the gABI (ELF header, program headers, dynamic section) and the GNU extension for symbol versioning
/// (Elf64_Verneed, Elf64_Vernaux).
/// </summary>
public static class ElfVersionNeeds
{
    private const int ProgramHeaderLoad = 1;
    private const int ProgramHeaderDynamic = 2;
    private const long TagStringTable = 5;
    private const long TagVersionNeed = 0x6ffffffe;
    private const long TagVersionNeedCount = 0x6fffffff;
    private const ushort WeakFlag = 0x2; // VER_FLG_WEAK

    /// <summary>
    /// Sets VER_FLG_WEAK on every needed version called <paramref name="version"/>, in place.
    /// </summary>
    /// <param name="image">The whole file.</param>
    /// <param name="version">For example <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>How many entries were changed; 0 where there is none or all are weak already.</returns>
    /// <exception cref="InvalidDataException">The file is no 64-bit little-endian ELF image, or is damaged.</exception>
    public static int Weaken(Span<byte> image, string version)
    {
        var dynamic = ReadDynamic(image);
        if (!dynamic.TryGetValue(TagVersionNeed, out var needAddress))
            return 0;
        var count = dynamic.GetValueOrDefault(TagVersionNeedCount);
        if (!dynamic.TryGetValue(TagStringTable, out var stringAddress))
            throw new InvalidDataException("The dynamic section names no string table.");
        var strings = OffsetOf(image, stringAddress);
        var need = OffsetOf(image, needAddress);
        var changed = 0;
        for (long i = 0; i < count; i++)
        {
            // Elf64_Verneed: vn_version u16, vn_cnt u16, vn_file u32, vn_aux u32, vn_next u32
            var auxCount = U16(image, need + 2);
            var aux = need + U32(image, need + 8);
            for (var j = 0; j < auxCount; j++)
            {
                // Elf64_Vernaux: vna_hash u32, vna_flags u16, vna_other u16, vna_name u32, vna_next u32
                var flags = U16(image, aux + 4);
                if ((flags & WeakFlag) == 0 && TextAt(image, strings + U32(image, aux + 8)) == version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(Slice(image, aux + 4, 2), (ushort)(flags | WeakFlag));
                    changed++;
                }

                var nextAux = U32(image, aux + 12);
                if (nextAux == 0) break;
                aux += nextAux;
            }

            var next = U32(image, need + 12);
            if (next == 0) break;
            need += next;
        }

        return changed;
    }

    private static Dictionary<long, long> ReadDynamic(Span<byte> image)
    {
        if (image.Length < 64 || !image[..4].SequenceEqual("\u007fELF"u8) || image[4] != 2 || image[5] != 1)
            throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        var tags = new Dictionary<long, long>();
        foreach (var (type, offset, _, size) in ProgramHeaders(image))
        {
            if (type != ProgramHeaderDynamic) continue;
            for (long at = offset; at + 16 <= offset + size; at += 16) // Elf64_Dyn: d_tag i64, d_val u64
            {
                var tag = I64(image, at);
                if (tag == 0) break;
                tags[tag] = I64(image, at + 8);
            }
        }

        return tags;
    }

    private static List<(uint Type, long Offset, long Address, long Size)> ProgramHeaders(Span<byte> image)
    {
        var start = I64(image, 32);
        var entrySize = U16(image, 54);
        var count = U16(image, 56);
        var headers = new List<(uint, long, long, long)>(count);
        for (var i = 0; i < count; i++)
        {
            var at = start + ((long)i * entrySize);
            headers.Add((U32(image, at), I64(image, at + 8), I64(image, at + 16), I64(image, at + 32)));
        }

        return headers;
    }

    private static long OffsetOf(Span<byte> image, long address)
    {
        foreach (var (type, offset, start, size) in ProgramHeaders(image))
        {
            if (type == ProgramHeaderLoad && address >= start && address < start + size)
                return offset + (address - start);
        }

        throw new InvalidDataException($"Address 0x{address:x} lies in no loaded segment.");
    }

    private static string TextAt(Span<byte> image, long offset)
    {
        var rest = image[checked((int)offset)..];
        var end = rest.IndexOf((byte)0);
        return end < 0 ? throw new InvalidDataException("A name runs past the end.") : Encoding.ASCII.GetString(rest[..end]);
    }

    private static Span<byte> Slice(Span<byte> image, long offset, int length)
    {
        if (offset < 0 || offset > image.Length - length)
            throw new InvalidDataException($"Offset {offset} lies outside the file.");
        return image.Slice((int)offset, length);
    }

    private static ushort U16(Span<byte> image, long at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(image, at, 2));

    private static uint U32(Span<byte> image, long at) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(image, at, 4));

    private static long I64(Span<byte> image, long at) => BinaryPrimitives.ReadInt64LittleEndian(Slice(image, at, 8));
}
