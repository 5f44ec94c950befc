namespace Attune.Text.Templates.Jinja.Library;

/// <summary>A merge sort: equal items keep their order, and an order that contradicts itself does no harm.</summary>
internal static class StableSort
{
    public static List<T> Sort<T>(List<T> items, Func<T, T, bool> isBefore)
    {
        var (from, to) = (items.ToArray(), new T[items.Count]);
        for (var width = 1; width < from.Length; width *= 2)
        {
            for (var start = 0; start < from.Length; start += 2 * width)
                Merge(from, to, start, Math.Min(start + width, from.Length), Math.Min(start + (2 * width), from.Length), isBefore);
            (from, to) = (to, from);
        }

        return [.. from];
    }

    private static void Merge<T>(T[] from, T[] to, int left, int middle, int end, Func<T, T, bool> isBefore)
    {
        var (a, b) = (left, middle);
        for (var i = left; i < end; i++)
        {
            Budget.Charge();
            var takeRight = a >= middle || (b < end && isBefore(from[b], from[a]));
            to[i] = takeRight ? from[b++] : from[a++];
        }
    }
}
