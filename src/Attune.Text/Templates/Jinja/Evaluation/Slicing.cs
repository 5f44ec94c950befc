using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>Python's <c>sequence[start:stop:step]</c>.</summary>
internal static class Slicing
{
    public static object? Slice(object? owner, object? start, object? stop, object? step)
    {
        Undefined.Reject(owner);
        var length = Iteration.TryLength(owner);
        if (length is not { } count || owner is not (string or Markup or IIndexed or Bytes))
        {
            throw JinjaException.Type(owner is JinjaDictionary
                ? "unhashable type: 'slice'"
                : $"'{TypeNames.Of(owner)}' object is not subscriptable");
        }

        var stride = Bound(step) ?? 1;
        if (stride == 0) throw JinjaException.Value("slice step cannot be zero");
        var (first, end) = Window(Bound(start), Bound(stop), stride, count);
        var indices = Indices(first, end, stride, count);
        switch (owner)
        {
            case string or Markup:
                var text = Representation.Str(owner);
                Budget.ChargeText(text.Length);
                return Strings.Like(owner, Text(text, first, end, stride, indices));
            case JinjaRange range:
                return JinjaRange.Create(
                    range.Start + (range.Step * first), range.Start + (range.Step * end), range.Step * stride);
            case JinjaList list:
                return new JinjaList(Charged(indices).Select(i => list[i]).ToList());
            case JinjaTuple tuple:
                return new JinjaTuple(Charged(indices).Select(i => tuple[i]).ToList());
            default:
                var bytes = ((Bytes)owner).Value;
                return new Bytes([.. indices.Select(i => bytes[i])]);
        }
    }

    private static int? Bound(object? value) => value is null ? null
        : Integers.IsInteger(value) ? Integers.ToIndex(value)
        : throw JinjaException.Type("slice indices must be integers or None or have an __index__ method");

    // Start and end of the slice, clamped: an end of −1 with a negative step is before the first item.
    private static (long First, long End) Window(int? start, int? stop, long step, int count)
    {
        long Clamp(int? bound, long otherwise)
        {
            if (bound is not { } b) return otherwise;
            var (low, high) = step > 0 ? (0L, count) : (-1L, count - 1L);
            return Math.Clamp(b < 0 ? (long)b + count : b, low, high);
        }

        return step > 0 ? (Clamp(start, 0), Clamp(stop, count)) : (Clamp(start, count - 1L), Clamp(stop, -1));
    }

    private static IEnumerable<int> Indices(long first, long end, long step, int count)
    {
        for (var i = first; (step > 0 ? i < end : i > end) && i >= 0 && i < count; i += step) yield return (int)i;
    }

    private static IEnumerable<int> Charged(IEnumerable<int> indices)
    {
        foreach (var index in indices)
        {
            Budget.Charge();
            yield return index;
        }
    }

    private static string Text(string text, long first, long end, long step, IEnumerable<int> indices)
    {
        if (step == 1)
        {
            if (end <= first) return "";
            var from = Strings.IndexOfCodePoint(text, (int)first);
            var rest = text[from..];
            return rest[..Strings.IndexOfCodePoint(rest, (int)(end - first))];
        }

        var points = Strings.CodePoints(text);
        return string.Concat(indices.Select(i => points[i]));
    }
}
