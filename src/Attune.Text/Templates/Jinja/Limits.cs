namespace Attune.Text.Templates.Jinja;

/// <summary>What a template may use. Each is far above what a chat template needs and far below what would hurt.</summary>
internal static class Limits
{
    /// <summary>Units of work of one rendering; see <see cref="Budget"/>.</summary>
    public const long Work = 40_000_000;

    /// <summary>UTF-16 units of one string, and of the output.</summary>
    public const int TextLength = 1 << 24;

    /// <summary>Items of one list, tuple or dictionary that an expression makes.</summary>
    public const int Items = 1_000_000;

    /// <summary>Numbers in a range; the limit of Jinja's own sandbox.</summary>
    public const int Range = 100_000;

    /// <summary>Bits of an integer (about 4,900 decimal digits).</summary>
    public const long IntegerBits = 16_384;

    /// <summary>Macros, call blocks and recursive loops inside each other while rendering.</summary>
    public const int Calls = 200;

    /// <summary>Brackets, operators and blocks inside each other in the source.</summary>
    public const int Nesting = 200;

    /// <summary>Digits after the point in a number format.</summary>
    public const int Precision = 2_000;

    /// <summary>Throws unless a string of this length may exist.</summary>
    public static void CheckText(long length)
    {
        if (length > TextLength)
            throw new JinjaException("MemoryError", $"a text of more than {TextLength} characters");
    }

    /// <summary>Throws unless a collection of this size may exist.</summary>
    public static void CheckItems(long count)
    {
        if (count > Items) throw new JinjaException("MemoryError", $"a collection of more than {Items} items");
    }
}
