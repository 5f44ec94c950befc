namespace Attune.Text.Tokenizers;

/// <summary>
/// GPT-2's printable stand-ins for the 256 bytes: bytes that print in Latin-1 stand for themselves, the others take the
/// characters from U+0100 on, in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] CharOf = new char[256];
    private static readonly short[] ByteOf = new short[324]; // −1: not a stand-in

    static ByteAlphabet()
    {
        Array.Fill(ByteOf, (short)-1);
        var next = '\u0100';
        for (var b = 0; b < 256; b++)
        {
            var prints = b is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            CharOf[b] = prints ? (char)b : next++;
            ByteOf[CharOf[b]] = (short)b;
        }
    }

    public static char ToChar(byte value) => CharOf[value];

    /// <summary>The byte that a character stands for, or −1.</summary>
    public static int ToByte(char value) => value < ByteOf.Length ? ByteOf[value] : -1;
}
