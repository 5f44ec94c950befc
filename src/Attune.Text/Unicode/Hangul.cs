namespace Attune.Text.Unicode;

/// <summary>Hangul syllables and their jamo, by arithmetic (The Unicode Standard, section 3.12).</summary>
internal static class Hangul
{
    public const int FirstVowel = 0x1161;
    public const int EndTrail = 0x11C3;

    private const int FirstSyllable = 0xAC00;
    private const int FirstLead = 0x1100;
    private const int BeforeTrails = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28; // with "none"

    public static bool IsSyllable(int codePoint) => codePoint is >= FirstSyllable and < FirstSyllable + (Leads * Vowels * Trails);

    /// <summary>Two or three jamo of a syllable.</summary>
    public static int[] Decompose(int syllable)
    {
        var index = syllable - FirstSyllable;
        var lead = FirstLead + (index / (Vowels * Trails));
        var vowel = FirstVowel + (index / Trails % Vowels);
        return index % Trails == 0 ? [lead, vowel] : [lead, vowel, BeforeTrails + (index % Trails)];
    }

    /// <summary>Lead and vowel, or open syllable and trail, as a syllable; −1 where they are none.</summary>
    public static int Compose(int first, int second)
    {
        if (first is >= FirstLead and < FirstLead + Leads && second is >= FirstVowel and < FirstVowel + Vowels)
            return FirstSyllable + ((((first - FirstLead) * Vowels) + (second - FirstVowel)) * Trails);
        var isOpen = IsSyllable(first) && (first - FirstSyllable) % Trails == 0;
        return isOpen && second is > BeforeTrails and < EndTrail ? first + (second - BeforeTrails) : -1;
    }
}
