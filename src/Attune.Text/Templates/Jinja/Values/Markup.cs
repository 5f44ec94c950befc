using System.Text;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>A string that is marked as safe HTML: it is not escaped again, and what is joined to it is.</summary>
internal sealed record Markup(string Text)
{
    /// <summary>Escapes <c>&amp; &lt; &gt; ' "</c>, unless the value is markup already.</summary>
    public static Markup Escape(object? value)
    {
        if (value is Markup markup) return markup;
        var text = Representation.Str(value);
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '\'' => escaped.Append("&#39;"),
                '"' => escaped.Append("&#34;"),
                _ => escaped.Append(c),
            };
        }

        Budget.ChargeText(escaped.Length);
        return new Markup(escaped.ToString());
    }

    public override string ToString() => Text;
}
