using System.Buffers.Binary;
using System.Text;
using Attune.NativeSetup;

namespace Attune.Models.Tests.Native;

public class ElfVersionNeedsTests
{
    private const int FlagsOfFirst = 0x200 + 16 + 4;
    private const int FlagsOfSecond = FlagsOfFirst + 16;

    [Fact]
    public void The_named_version_becomes_weak_and_nothing_else_changes()
    {
        var image = Image("GLIBCXX_3.4.32");
        var before = image.ToArray();

        Assert.Equal(1, ElfVersionNeeds.Weaken(image, "GLIBCXX_3.4.32"));

        Assert.Equal(2, image[FlagsOfSecond]);
        image[FlagsOfSecond] = 0;
        Assert.Equal(before, image);
    }

    [Fact]
    public void A_second_pass_finds_nothing_to_do()
    {
        var image = Image("GLIBCXX_3.4.32");
        ElfVersionNeeds.Weaken(image, "GLIBCXX_3.4.32");
        Assert.Equal(0, ElfVersionNeeds.Weaken(image, "GLIBCXX_3.4.32"));
    }

    [Fact]
    public void A_file_without_the_entry_stays_as_it_is()
    {
        var image = Image("GLIBCXX_3.4.30");
        var before = image.ToArray();
        Assert.Equal(0, ElfVersionNeeds.Weaken(image, "GLIBCXX_3.4.32"));
        Assert.Equal(before, image);
    }

    [Fact]
    public void Other_formats_and_cut_files_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.Weaken(new byte[100], "X"));
        var image = Image("GLIBCXX_3.4.32");
        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.Weaken(image.AsSpan(0, 0x210), "GLIBCXX_3.4.32"));
    }

    /// <summary>One segment mapped at 0x1000 that holds a dynamic section, one Verneed with two Vernaux, and names.</summary>
    private static byte[] Image(string version)
    {
        const int dynamic = 0x100, need = 0x200, strings = 0x300, mapped = 0x1000;
        var image = new byte[0x400];
        "\u007fELF"u8.CopyTo(image);
        image[4] = 2;
        image[5] = 1;
        Write64(image, 32, 64);
        Write16(image, 54, 56);
        Write16(image, 56, 2);
        Header(image, 64, type: 1, offset: 0, address: mapped, size: image.Length);
        Header(image, 120, type: 2, offset: dynamic, address: mapped + dynamic, size: 64);
        Tag(image, dynamic, 5, mapped + strings);
        Tag(image, dynamic + 16, 0x6ffffffe, mapped + need);
        Tag(image, dynamic + 32, 0x6fffffff, 1);
        Write16(image, need + 2, 2);
        Write32(image, need + 8, 16);
        Write32(image, need + 16 + 8, 1);
        Write32(image, need + 16 + 12, 16);
        Write32(image, need + 32 + 8, 20);
        Encoding.ASCII.GetBytes("GLIBCXX_3.4.21").CopyTo(image, strings + 1);
        Encoding.ASCII.GetBytes(version).CopyTo(image, strings + 20);
        return image;
    }

    private static void Header(byte[] image, int at, int type, long offset, long address, long size)
    {
        Write32(image, at, type);
        Write64(image, at + 8, offset);
        Write64(image, at + 16, address);
        Write64(image, at + 32, size);
    }

    private static void Tag(byte[] image, int at, long tag, long value)
    {
        Write64(image, at, tag);
        Write64(image, at + 8, value);
    }

    private static void Write16(byte[] image, int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), (ushort)value);

    private static void Write32(byte[] image, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(at), value);

    private static void Write64(byte[] image, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(at), value);
}
