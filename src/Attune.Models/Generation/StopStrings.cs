namespace Attune.Models.Generation;

/// <summary>
/// Finds stop strings in text that arrives in pieces. A stop string may span pieces: text that could be the beginning
/// of one is held back, and neither a stop string nor what follows it is ever passed on.
/// </summary>
public sealed class StopStrings
{
    private readonly string[] _stops;
    private string _held = "";

    /// <summary>Watches for these strings; empty ones are left out.</summary>
    public StopStrings(IEnumerable<string> stops) => _stops = [.. stops.Where(stop => stop.Length > 0)];

    /// <summary>Whether a stop string was met.</summary>
    public bool IsMet { get; private set; }

    /// <summary>Takes the next piece and gives the text that is safe to pass on, perhaps none.</summary>
    public string Push(string piece)
    {
        if (IsMet) return "";
        var text = _held + piece;
        var met = FirstComplete(text);
        IsMet = met >= 0;
        var safe = IsMet ? met : text.Length - LongestBeginning(text);
        _held = IsMet ? "" : text[safe..];
        return text[..safe];
    }

    /// <summary>The text ended: gives what was held back.</summary>
    public string Finish()
    {
        var rest = _held;
        _held = "";
        return rest;
    }

    // Where the stop string begins that is complete first, whatever the pieces; of several, the longest. −1: none.
    private int FirstComplete(string text)
    {
        var (start, end) = (-1, int.MaxValue);
        foreach (var stop in _stops)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (at + stop.Length < end || (at + stop.Length == end && at < start)))
                (start, end) = (at, at + stop.Length);
        }

        return start;
    }

    // The longest end of the text with which a stop string begins.
    private int LongestBeginning(string text)
    {
        var longest = 0;
        foreach (var stop in _stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (!text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length))) continue;
                longest = length;
            }
        }

        return longest;
    }
}
