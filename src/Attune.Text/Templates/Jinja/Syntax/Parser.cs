namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>
/// Recursive descent over the tokens of a template, with the precedence of Jinja 3.1: conditional, or, and, not,
/// comparison, + -, ~, * / // %, **, unary, postfix, filter and test.
/// </summary>
internal sealed partial class Parser
{
    private readonly List<Token> _tokens;
    private readonly Stack<string> _openTags = new();
    private readonly Stack<string[]> _awaited = new();
    private int _position;
    private int _depth;

    private Parser(List<Token> tokens) => _tokens = tokens;

    /// <summary>Reads a whole template.</summary>
    /// <exception cref="JinjaException">A syntax error, with its line.</exception>
    public static IReadOnlyList<Statement> Parse(string template)
    {
        var parser = new Parser(Lexer.Read(template));
        var body = parser.ParseBody(null);
        Checker.Check(body);
        return body;
    }

    private Token Current => _tokens[_position];

    private Token Ahead => _tokens[Math.Min(_position + 1, _tokens.Count - 1)];

    private Token Next()
    {
        var token = Current;
        if (token.Kind != TokenKind.End) _position++;
        return token;
    }

    private bool SkipName(string name)
    {
        if (!Current.IsName(name)) return false;
        Next();
        return true;
    }

    private bool SkipOperator(string op)
    {
        if (!Current.IsOperator(op)) return false;
        Next();
        return true;
    }

    private Token Expect(TokenKind kind, string description)
    {
        if (Current.Kind != kind) throw Unexpected(description);
        return Next();
    }

    private void ExpectName(string name)
    {
        if (!SkipName(name)) throw Unexpected(name);
    }

    private void ExpectOperator(string op)
    {
        if (!SkipOperator(op)) throw Unexpected(op);
    }

    private JinjaException Unexpected(string expected) => Current.Kind == TokenKind.End
        ? Fail($"unexpected end of template, expected '{expected}'.")
        : Fail($"expected token '{expected}', got '{Current.Description}'");

    private JinjaException Fail(string message) => JinjaException.Syntax(message, Current.Line);

    // Called on the way into anything that can contain itself: the source decides how deep, so there is a limit.
    private void Enter()
    {
        if (++_depth > Limits.Nesting) throw Fail($"more than {Limits.Nesting} levels inside each other");
    }

    private void Leave() => _depth--;

    // Statements until one of the end tags, which stays current; null reads to the end of the template.
    private List<Statement> ParseBody(string[]? endTags)
    {
        Enter();
        if (endTags is not null) _awaited.Push(endTags);
        var body = new List<Statement>();
        var output = new List<Expression>();
        while (Current.Kind != TokenKind.End)
        {
            var token = Next();
            if (token.Kind == TokenKind.Data)
            {
                output.Add(new TextNode(token.Text, token.Line));
            }
            else if (token.Kind == TokenKind.VariableBegin)
            {
                output.Add(ParseTuple());
                Expect(TokenKind.VariableEnd, "end of print statement");
            }
            else
            {
                Flush(output, body);
                if (endTags is not null && Current.Kind == TokenKind.Name && endTags.Contains(Current.Text)) break;
                body.Add(ParseStatement());
                Expect(TokenKind.BlockEnd, "end of statement block");
            }
        }

        Flush(output, body);
        if (endTags is not null)
        {
            if (Current.Kind == TokenKind.End) throw Fail("Unexpected end of template." + Awaiting());
            _awaited.Pop();
        }

        Leave();
        return body;
    }

    private static void Flush(List<Expression> output, List<Statement> body)
    {
        if (output.Count == 0) return;
        body.Add(new OutputNode([.. output], output[0].Line));
        output.Clear();
    }

    // The body of a block statement: `%}`, statements, one of the end tags (left current).
    private List<Statement> ParseBlockBody(params string[] endTags)
    {
        SkipOperator(":");
        Expect(TokenKind.BlockEnd, "end of statement block");
        return ParseBody(endTags);
    }

    private List<Statement> ParseBlockTo(string endTag)
    {
        var body = ParseBlockBody(endTag);
        Next();
        return body;
    }

    private string Awaiting()
    {
        if (_awaited.Count == 0) return "";
        var tags = string.Join(" or ", _awaited.Peek().Select(tag => $"'{tag}'"));
        var innermost = _openTags.Count == 0
            ? ""
            : $" The innermost block that needs to be closed is '{_openTags.Peek()}'.";
        return $" Jinja was looking for the following tags: {tags}.{innermost}";
    }
}

