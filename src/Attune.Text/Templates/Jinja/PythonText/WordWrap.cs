using System.Text;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>Python's textwrap.wrap of one line, tabs and line breaks left as they are. Widths are in UTF-16 units.</summary>
/// <param name="width">The longest line, above zero.</param>
/// <param name="breakLongWords">Whether longer words are cut.</param>
/// <param name="breakOnHyphens">Whether a compound word may be broken after its hyphens.</param>
internal sealed class WordWrap(int width, bool breakLongWords, bool breakOnHyphens)
{
    public List<string> Wrap(string text)
    {
        var pending = new Stack<string>(Chunks(text).AsEnumerable().Reverse());
        var lines = new List<string>();
        while (pending.Count > 0)
        {
            Budget.Charge();
            if (lines.Count > 0 && Characters.IsSpace(pending.Peek())) pending.Pop();
            var line = new List<string>();
            var length = 0;
            while (pending.Count > 0 && length + pending.Peek().Length <= width) Take(pending.Pop());
            if (pending.Count > 0 && pending.Peek().Length > width) TakeLongWord();
            // An empty piece of a word that was cut shields the white space before it, as in the original.
            if (line.Count > 0 && line[^1].Length > 0 && Characters.IsSpace(line[^1])) line.RemoveAt(line.Count - 1);
            if (line.Count > 0) lines.Add(string.Concat(line));

            void Take(string chunk)
            {
                line.Add(chunk);
                length += chunk.Length;
            }

            void TakeLongWord()
            {
                if (breakLongWords)
                {
                    var word = pending.Pop();
                    var room = width - length;
                    line.Add(word[..room]);
                    pending.Push(word[room..]);
                }
                else if (line.Count == 0)
                {
                    Take(pending.Pop());
                }
            }
        }

        return lines;
    }

    // Runs of white space, and words, cut after a hyphen between letters.
    private List<string> Chunks(string text)
    {
        Budget.ChargeItems(text.Length);
        var chunks = new List<string>();
        var chunk = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (chunk.Length > 0 && IsBoundary(text, i))
            {
                chunks.Add(chunk.ToString());
                chunk.Clear();
            }

            chunk.Append(text[i]);
        }

        if (chunk.Length > 0) chunks.Add(chunk.ToString());
        return chunks;
    }

    private bool IsBoundary(string text, int i)
    {
        if (Characters.IsSpace(text[i]) != Characters.IsSpace(text[i - 1])) return true;
        return breakOnHyphens && text[i - 1] == '-' && i >= 3 && i + 1 < text.Length &&
            char.IsLetter(text[i]) && char.IsLetter(text[i - 2]) &&
            char.IsLetterOrDigit(text[i - 3]) && char.IsLetterOrDigit(text[i + 1]);
    }
}
