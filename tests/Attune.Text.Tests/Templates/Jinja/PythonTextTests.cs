using System.Text.Json.Nodes;
using Attune.Text.Templates.Jinja;

namespace Attune.Text.Tests.Templates.Jinja;

/// <summary>Numbers and strings where other languages and Python part ways; expected values were printed by Jinja2 3.1.6.</summary>
public class PythonTextTests
{
    [Theory]
    [InlineData("{{ '%s|%5s|%-5s|%.2s' % ('a', 'b', 'c', 'defg') }}",
        "a|    b|c    |de")]
    [InlineData("{{ '%d|%5d|%-5d|%05d|%+d|% d' % (7, 7, 7, 7, 7, 7) }}",
        "7|    7|7    |00007|+7| 7")]
    [InlineData("{{ '%x|%X|%#x|%o|%#o' % (255, 255, 255, 8, 8) }}",
        "ff|FF|0xff|10|0o10")]
    [InlineData("{{ '%e|%.3e|%E' % (12345.678, 0.00012345, 1e100) }}",
        "1.234568e+04|1.234e-04|1.000000E+100")]
    [InlineData("{{ '%f|%.1f|%.0f|%.0f|%10.3f|%-10.2f|' % (2.5, 0.25, 0.5, 1.5, 3.14159, 2.0) }}",
        "2.500000|0.2|0|2|     3.142|2.00      |")]
    [InlineData("{{ '%g|%g|%g|%.3g|%#g' % (100000, 1000000, 0.0001, 1234.5, 2) }}",
        "100000|1e+06|0.0001|1.23e+03|2.00000")]
    [InlineData("{{ '%c|%c|%r|%%' % (65, 'é', 'q') }}",
        "A|é|'q'|%")]
    [InlineData("{{ '%(a)s-%(b)03d' % {'a': 'x', 'b': 7} }}",
        "x-007")]
    [InlineData("{{ '%*d|%-*d|%.*f' % (5, 1, 5, 2, 2, 3.14159) }}",
        "    1|2    |3.14")]
    [InlineData("{{ '{:5}|{:<5}|{:>5}|{:^5}|{:*^5}'.format('a', 'b', 'c', 'd', 'e') }}",
        "a    |b    |    c|  d  |**e**")]
    [InlineData("{{ '{:05}|{:05}|{:<05}|{:+}|{: }'.format('ab', -7, 7, 7, 7) }}",
        "ab000|-0007|70000|+7| 7")]
    [InlineData("{{ '{:,}|{:_}|{:,.2f}|{:_x}'.format(1234567, 1234567, 1234567.891, 1048575) }}",
        "1,234,567|1_234_567|1,234,567.89|f_ffff")]
    [InlineData("{{ '{:.2f}|{:.0f}|{:.3e}|{:g}|{:%}|{:.1%}'.format(2.675, 2.5, 12345.678, 1e-7, 0.256, 0.256) }}",
        "2.67|2|1.235e+04|1e-07|25.600000%|25.6%")]
    [InlineData("{{ '{:x}|{:#x}|{:b}|{:#o}|{:c}'.format(255, 255, 5, 8, 128512) }}",
        "ff|0xff|101|0o10|😀")]
    [InlineData("{{ '{:.3}|{:.3}|{:10.4}|{}'.format('abcdef', 1234.5, 3.14159, 1e16) }}",
        "abc|1.23e+03|     3.142|1e+16")]
    [InlineData("{{ '{0}{1}{0} {a[k][0]} {b!r:>5} {{}} {:{}}'.format('x', 'y', a={'k': [1]}, b='q') if false else '{0}{1}{0} {a[k][0]} {b!r:>5} {{}}'.format('x', 'y', a={'k': [1]}, b='q') }}",
        "xyx 1   'q' {}")]
    [InlineData("{{ '{:{}}|'.format('a', 4) }}",
        "a   |")]
    [InlineData("{{ 2.675|round(2) }} {{ 0.125|round(2) }} {{ 1e22|round(2) }} {{ -0.5|round }} {{ 1234567|round(-3) }} {{ 25|round(-1) }} {{ 1.005|round(2) }}",
        "2.67 0.12 1e+22 -0.0 1235000 20 1.0")]
    [InlineData("{{ 5e-324 }} {{ 1.7976931348623157e308 }} {{ 0.1 + 0.7 }} {{ 1e23 }} {{ 123456789012345678 * 1.0 }} {{ 4.35 * 100 }}",
        "5e-324 1.7976931348623157e+308 0.7999999999999999 1e+23 1.2345678901234568e+17 434.99999999999994")]
    [InlineData("{{ -7 // 2 }} {{ 7 % -3 }} {{ -7.5 // 2 }} {{ 7.5 % -2 }} {{ 2 ** 0.5 }} {{ 2 ** -1 }} {{ 10 ** 20 }} {{ -2 ** 63 }} {{ 9223372036854775807 + 1 }}",
        "-4 -2 -4.0 -0.5 1.4142135623730951 0.5 100000000000000000000 -9223372036854775808 9223372036854775808")]
    [InlineData("{{ '%s' % 1e15 }} {{ 1e15|int }} {{ '0x1f'|int(0, 16) }} {{ '1_000'|int }} {{ '1__0'|int(5) }} {{ ' 12 '|int }} {{ '1.9'|int }} {{ 'inf'|float }} {{ '1_0.5'|float }}",
        "1000000000000000.0 1000000000000000 31 1000 5 12 1 inf 10.5")]
    [InlineData("{{ 'ΟΔΥΣΣΕΥΣ ΑΣ.'|lower }} {{ 'ǆungla ﬁne ßx'|capitalize }} {{ 'ǆungla ﬁne ßx'.title() }} {{ 'Straße ΑΣ'.casefold() }} {{ 'ıİſ'.upper() }} {{ 'İ'.lower()|length }}",
        "οδυσσευς ας. ǅungla ﬁne ßx ǅungla Fine Ssx strasse ασ IİS 2")]
    [InlineData("{{ 'a😀b'[1] }} {{ 'a😀b'[::-1] }} {{ 'a😀b'.find('b') }} {{ 'a😀b'.center(7, '*') }} {{ '😀' < '\uffff' }} {{ 'a😀'|list }}",
        "😀 b😀a 2 **a😀b** False ['a', '😀']")]
    [InlineData("{{ 'a  b c '.split(None, 1) }} {{ ' a  b c '.rsplit(None, 1) }} {{ 'a,b,,c'.split(',') }} {{ 'a\u001cb\u0085c\r\nd'.splitlines() }} {{ 'x'.split('xx') }}",
        "['a', 'b c '] [' a  b', 'c'] ['a', 'b', '', 'c'] ['a', 'b', 'c', 'd'] ['x']")]
    [InlineData("{{ 'abcabc'.replace('b', 'X', 1) }} {{ 'abc'.replace('', '-', 2) }} {{ 'abc'.find('c', -1) }} {{ 'abc'.count('', 1) }} {{ 'abc'.startswith(('x', 'b'), 1) }} {{ 'aaa'.rfind('aa') }}",
        "aXcabc -a-bc 2 3 True 1")]
    [InlineData("{{ 'the quick brown-fox jumps'|wordwrap(8) }}",
        "the\nquick\nbrown-\nfox\njumps")]
    [InlineData("{{ 'one two three'|truncate(7, false, '…', 0) }} {{ 'one two three'|truncate(7, true, '', 0) }} {{ 'short'|truncate(3) }}",
        "one… one two short")]
    [InlineData("{{ [3, 1, 2]|sort(reverse=true) }} {{ ['b', 'A', 'a', 'B']|sort }} {{ [[2, 'x'], [1, 'y']]|sort(attribute='1,0') }} {{ [1, 1.0, true]|unique|list }}",
        "[3, 2, 1] ['A', 'a', 'b', 'B'] [[2, 'x'], [1, 'y']] [1]")]
    [InlineData("{{ [1, 2, 3, 4, 5][-2:0:-1] }} {{ 'hello'[-3:] }} {{ (1, 2, 3)[::2] }} {{ range(10)[8:2:-2]|list }} {{ [1, 2][5:] }}",
        "[4, 3, 2] llo (1, 3) [8, 6, 4] []")]
    [InlineData("{{ {'a': 1} == {'a': 1.0} }} {{ [1, [2]] < [1, [3]] }} {{ (1, 2) < (1, 2, 0) }} {{ 1 == 1.0 == true }} {{ 'a' in ['a'] in [[true]] }}",
        "True True True True False")]
    public void Text_is_formatted_as_in_Python(string template, string expected) =>
        Assert.Equal(expected, JinjaTemplate.Parse(template).Render(new JsonObject(), GoldenRows.Now).Text);
}
