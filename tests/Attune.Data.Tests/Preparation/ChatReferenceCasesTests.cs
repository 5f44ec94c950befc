using Attune.Data.Preparation;
using static Attune.Data.Tests.Preparation.ReferenceCases;

namespace Attune.Data.Tests.Preparation;

/// <summary>What TRL makes of conversations; the assistant alone is trained unless a case says otherwise.</summary>
public class ChatReferenceCasesTests
{
    [Theory]
    [InlineData("chat", 2)]
    [InlineData("chat_from_value", 1)]
    [InlineData("chat_assistant_only", 2)]
    [InlineData("chat_prompt_completion_assistant_only", 3)]
    [InlineData("truncate_keep_start", 3)]
    [InlineData("truncate_keep_end", 2)]
    public void Chats_equal_the_reference(string name, int rows) => Compare(name, rows);

    [Fact]
    public void The_line_break_after_the_end_of_turn_is_no_label() =>
        Assert.Equal(Reference("chat_prompt_completion_assistant_only"), Prepared(Case("chat_prompt_completion")));

    [Fact]
    public void The_models_own_template_without_markers_gives_the_same_labels()
    {
        var found = Case("chat_assistant_only_no_markers");
        Assert.Equal(Reference("chat_assistant_only"), Prepared(found));
    }

    [Fact]
    public void An_unanswered_conversation_stops_with_its_line()
    {
        var e = Assert.Throws<FormatException>(() => Prepared(Case("chat_assistant_only_unanswered")));
        Assert.Contains("no assistant turn", e.Message);
    }

    [Fact]
    public void A_template_that_leaves_the_end_of_turn_out_is_found()
    {
        var found = Case("chat_assistant_only_no_stop_token");
        Assert.Equal(Reference("chat_assistant_only_no_stop_token"), Prepared(found));
        Assert.All(Rows(found), row => Assert.Equal(RowSigns.EndOfTurnUnlabelled, Preparer(found).Prepare(row).Signs));
        Assert.All(Rows(Case("chat_assistant_only")), row => Assert.Equal(RowSigns.None, Preparer(Case("chat_assistant_only")).Prepare(row).Signs));
    }
}
