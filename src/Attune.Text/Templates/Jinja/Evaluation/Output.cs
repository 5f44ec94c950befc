using System.Text;
using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>The text of a rendering and the spans of its <c>{% generation %}</c> blocks.</summary>
internal sealed class Output
{
    private readonly StringBuilder _text = new();
    private readonly List<(int Start, int End)> _spans = []; // in code points
    private StringBuilder _current;
    private int _countedUnits;
    private int _countedPoints;

    public Output() => _current = _text;

    public void Append(string piece)
    {
        Budget.ChargeText(piece.Length);
        _current.Append(piece);
        Limits.CheckText(_current.Length);
    }

    /// <summary>Runs something and takes what it prints, instead of emitting it.</summary>
    public string Capture(Action body)
    {
        var outside = _current;
        var captured = _current = new StringBuilder();
        try
        {
            body();
        }
        finally
        {
            _current = outside;
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
        _countedPoints += Strings.Length(_text.ToString(_countedUnits, _text.Length - _countedUnits));
        _countedUnits = _text.Length;
        _spans.Add((_countedPoints, _countedPoints + Strings.Length(generated)));
        Limits.CheckItems(_spans.Count);
    }

    /// <summary>The text, and the spans as UTF-16 indices of it.</summary>
    public RenderedChat Finish()
    {
        var all = _text.ToString();
        return new RenderedChat(all, CodePointSpans.ToUtf16(all, _spans));
    }
}

