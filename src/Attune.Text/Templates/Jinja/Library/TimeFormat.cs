using System.Globalization;
using System.Text;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>strftime as glibc has it in the C locale, with the flags <c>- _ 0 ^</c>; an unknown directive stays as it is.</summary>
internal static class TimeFormat
{
    public static string Format(DateTimeOffset time, string format)
    {
        var text = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }

            var start = at++;
            var flag = at < format.Length && format[at] is '-' or '_' or '0' or '^' ? format[at++] : '\0';
            var value = at < format.Length ? Directive(time, format[at], flag) : null;
            text.Append(value ?? format[start..Math.Min(at + 1, format.Length)]);
        }

        return text.ToString();
    }

    private static string? Directive(DateTimeOffset time, char directive, char flag)
    {
        string Number(int value, int width, char pad = '0')
        {
            pad = flag switch { '_' => ' ', '0' => '0', _ => pad };
            return value.ToString(CultureInfo.InvariantCulture).PadLeft(flag == '-' ? 0 : width, pad);
        }

        string Name(string format)
        {
            var name = time.ToString(format, CultureInfo.InvariantCulture);
            return flag == '^' ? name.ToUpperInvariant() : name;
        }

        var hour12 = (time.Hour + 11) % 12 + 1;
        var weekday = (int)time.DayOfWeek;
        return directive switch
        {
            'a' => Name("ddd"),
            'A' => Name("dddd"),
            'b' or 'h' => Name("MMM"),
            'B' => Name("MMMM"),
            'c' => Format(time, "%a %b %e %H:%M:%S %Y"),
            'C' => Number(time.Year / 100, 2),
            'd' => Number(time.Day, 2),
            'D' or 'x' => Format(time, "%m/%d/%y"),
            'e' => Number(time.Day, 2, ' '),
            'f' => time.ToString("ffffff", CultureInfo.InvariantCulture),
            'F' => Format(time, "%Y-%m-%d"),
            'g' => Number(ISOWeek.GetYear(time.DateTime) % 100, 2),
            'G' => Number(ISOWeek.GetYear(time.DateTime), 4),
            'H' => Number(time.Hour, 2),
            'I' => Number(hour12, 2),
            'j' => Number(time.DayOfYear, 3),
            'k' => Number(time.Hour, 2, ' '),
            'l' => Number(hour12, 2, ' '),
            'm' => Number(time.Month, 2),
            'M' => Number(time.Minute, 2),
            'n' => "\n",
            'p' => time.Hour < 12 ? "AM" : "PM",
            'P' => time.Hour < 12 ? "am" : "pm",
            'r' => Format(time, "%I:%M:%S %p"),
            'R' => Format(time, "%H:%M"),
            'S' => Number(time.Second, 2),
            't' => "\t",
            'T' or 'X' => Format(time, "%H:%M:%S"),
            'u' => Number(weekday == 0 ? 7 : weekday, 1),
            'U' => Number((time.DayOfYear + 6 - weekday) / 7, 2),
            'V' => Number(ISOWeek.GetWeekOfYear(time.DateTime), 2),
            'w' => Number(weekday, 1),
            'W' => Number((time.DayOfYear + 6 - ((weekday + 6) % 7)) / 7, 2),
            'y' => Number(time.Year % 100, 2),
            'Y' => Number(time.Year, flag is '0' or '_' ? 4 : 1),
            'z' or 'Z' => "", // the time that templates get has no zone
            '%' => "%",
            _ => null,
        };
    }
}
