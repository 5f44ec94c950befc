using System.Text;
using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>The text of a rendering and the spans of its <c>{% generation %}</c> blocks.</summary>
internal sealed class Output
{
    private readonly StringBuilder text = new();
    private readonly List<(int Start, int End)> spans = []; // in code points
    private StringBuilder current;
    private int countedUnits;
    private int countedPoints;

    public Output() => current = text;

    public void Append(string piece)
    {
        Budget.ChargeText(piece.Length);
        current.Append(piece);
        Limits.CheckText(current.Length);
    }

    /// <summary>Runs something and takes what it prints, instead of emitting it.</summary>
    public string Capture(Action body)
    {
        var outside = current;
        var captured = current = new StringBuilder();
        try
        {
            body();
        }
        finally
        {
            current = outside;
        }

        Budget.ChargeText(captured.Length);
        return captured.ToString();
    }

    /// <summary>
    /// Notes a block of generated text. As in the reference its span begins at the length of what was emitted so far,
    /// which is not where it lands when a macro or a capture around it is still collecting.
    /// </summary>
    public void MarkGeneration(string generated)
    {
        countedPoints += Strings.Length(text.ToString(countedUnits, text.Length - countedUnits));
        countedUnits = text.Length;
        spans.Add((countedPoints, countedPoints + Strings.Length(generated)));
        Limits.CheckItems(spans.Count);
    }

    /// <summary>The text, and the spans as UTF-16 indices of it.</summary>
    public RenderedChat Finish()
    {
        var all = text.ToString();
        return new RenderedChat(all, CodePointSpans.ToUtf16(all, spans));
    }
}
