using Attune.Training.Recipes;
using CsCheck;

namespace Attune.Training.Tests.Recipes;

public class RecipeErrorTests
{
    // The text after the two needed lines, then the whole message.
    [Theory]
    [InlineData("learning_rte: 1", "r.yaml:3:1: there is no key 'learning_rte'; did you mean 'learning_rate'?")]
    [InlineData("lora:\n  rnk: 8", "r.yaml:4:3: there is no key 'lora.rnk'; did you mean 'lora.rank'?")]
    [InlineData("rank: 8", "r.yaml:3:1: there is no key 'rank'; did you mean 'lora.rank'?")]
    [InlineData("lora:\n  learning_rate: 1", "r.yaml:4:3: there is no key 'lora.learning_rate'; did you mean 'learning_rate'?")]
    [InlineData("lra:\n  rank: 1", "r.yaml:3:1: there is no key 'lra'; did you mean 'lora'?")]
    [InlineData("num_train_epochs: 3", "r.yaml:3:1: there is no key 'num_train_epochs'; did you mean 'epochs'?")]
    [InlineData("lora_r: 3", "r.yaml:3:1: there is no key 'lora_r'; did you mean 'lora.rank'?")]
    [InlineData("zzzzzzzz: 3", "r.yaml:3:1: there is no key 'zzzzzzzz'")]
    [InlineData("epochs: three", "r.yaml:3:9: epochs is three; expected a whole number from 1 up.")]
    [InlineData("epochs: 2.5", "r.yaml:3:9: epochs is 2.5; expected a whole number from 1 up.")]
    [InlineData("epochs: 99999999999", "r.yaml:3:9: epochs is 99999999999; expected a whole number from 1 up.")]
    [InlineData("epochs: \"3\"", "r.yaml:3:9: epochs is the text \"3\"; expected a whole number from 1 up.")]
    [InlineData("epochs: [3]", "r.yaml:3:9: epochs is a list; expected a whole number from 1 up.")]
    [InlineData("epochs:", "r.yaml:3:8: epochs has no value; expected a whole number from 1 up.")]
    [InlineData("epochs: 0", "r.yaml:3:9: epochs is 0; expected a whole number from 1 up.")]
    [InlineData("batch_size: -8", "r.yaml:3:13: batch_size is -8; expected a whole number from 1 up.")]
    [InlineData("gradient_accumulation_steps: 0", "r.yaml:3:30: gradient_accumulation_steps is 0; expected a whole number from 1 up.")]
    [InlineData("learning_rate: 0", "r.yaml:3:16: learning_rate is 0; expected a number above 0.")]
    [InlineData("learning_rate: -1e-4", "r.yaml:3:16: learning_rate is -1e-4; expected a number above 0.")]
    [InlineData("learning_rate: .nan", "r.yaml:3:16: learning_rate is .nan; expected a number above 0.")]
    [InlineData("learning_rate: 1e999", "r.yaml:3:16: learning_rate is 1e999; expected a number above 0.")]
    [InlineData("learning_rate: 1,5", "r.yaml:3:16: learning_rate is 1,5; expected a number above 0.")]
    [InlineData("lora: {dropout: 1}", "r.yaml:3:17: lora.dropout is 1; expected a number from 0 to below 1.")]
    [InlineData("lora: {rank: 0}", "r.yaml:3:14: lora.rank is 0; expected a whole number from 1 up.")]
    [InlineData("lora: {alpha: 0}", "r.yaml:3:15: lora.alpha is 0; expected a number above 0.")]
    [InlineData("lora: {target_modules: []}", "r.yaml:3:24: lora.target_modules is empty: no adapter would be trained.")]
    [InlineData("lora: {target_modules: [all-linear, q_proj]}", "r.yaml:3:24: lora.target_modules names all-linear beside others.")]
    [InlineData("lora: {target_modules: [q_proj, q_proj]}", "r.yaml:3:33: lora.target_modules names 'q_proj' twice.")]
    [InlineData("lora: {target_modules: [q_proj, ]}\nallow: [a, ~]", "r.yaml:4:12: an entry of allow is empty; expected a text.")]
    [InlineData("lora: 8", "r.yaml:3:7: lora is a section: its keys follow, indented.")]
    [InlineData("warmup_ratio: 1.5", "r.yaml:3:15: warmup_ratio is 1.5; expected a number from 0 to 1.")]
    [InlineData("warmup_steps: 3\nwarmup_ratio: 0.1", "r.yaml:4:15: warmup_ratio is given beside warmup_steps of line 3.")]
    [InlineData("method: full\nlora:\n  rank: 8", "r.yaml:5:9: a lora section is given, but method is full: every weight is trained, there is no adapter.")]
    [InlineData("method: dora", "r.yaml:3:9: method is dora; expected lora or full.")]
    [InlineData("method: full\nquantization: nf4", "r.yaml:4:15: quantization is given, but method is full: quantized weights cannot be trained.")]
    [InlineData("compute_type: fp16", "r.yaml:3:15: compute_type is fp16; expected auto or float32 or bfloat16.")]
    [InlineData("early_stopping_threshold: 0.1", "r.yaml:3:27: early_stopping_threshold has no effect without early_stopping_patience.")]
    [InlineData("optimizer: muon", "r.yaml:3:12: optimizer is muon, but method is lora: Muon moves the matrices of the model itself.")]
    [InlineData("method: full\nmuon_learning_rate: 0.01", "r.yaml:4:21: muon_learning_rate has no effect without optimizer: muon.")]
    [InlineData("muon_momentum: 0.9", "r.yaml:3:16: muon_momentum has no effect without optimizer: muon.")]
    [InlineData("lr_scheduler: wsd", "r.yaml:3:15: lr_scheduler is wsd; expected linear or cosine or constant or warmup_stable_decay.")]
    [InlineData("decay_ratio: 0.1", "r.yaml:3:14: decay_ratio has no effect without lr_scheduler: warmup_stable_decay.")]
    [InlineData("decay_type: 1-sqrt", "r.yaml:3:13: decay_type has no effect without lr_scheduler: warmup_stable_decay.")]
    [InlineData("decay_type: sqrt", "r.yaml:3:13: decay_type is sqrt; expected linear or 1-sqrt.")]
    [InlineData("lr_scheduler: constant\nmin_lr_ratio: 0.1", "r.yaml:4:15: min_lr_ratio has no effect with lr_scheduler: constant.")]
    [InlineData("lr_scheduler: warmup_stable_decay\nwarmup_ratio: 0.9", "r.yaml:4:15: warmup_ratio 0.9 and decay_ratio 0.2 are more than all steps.")]
    [InlineData("name: \" \"", "r.yaml:3:7: name is an empty text.")]
    [InlineData("name: {a: b}", "r.yaml:3:7: name is a map; expected text.")]
    [InlineData("epochs: 1\nepochs: 2", "r.yaml:4:1: the key 'epochs' is given twice, first in line 3.")]
    [InlineData("name: &a x", "r.yaml:3:7: anchors (&) and aliases (*) are not read in recipes.")]
    [InlineData("name: *a", "r.yaml:3:7: anchors (&) and aliases (*) are not read in recipes.")]
    [InlineData("name: !!python/object x", "r.yaml:3:7: tags are not read in recipes, found tag:yaml.org,2002:python/object.")]
    [InlineData("? [a]\n: b", "r.yaml:1:1: a key of this map is a list or a map; keys are words.")]
    [InlineData("---\nepochs: 1", "r.yaml:3:1: a second YAML document begins here; a recipe is one document.")]
    public void A_mistake_is_told_with_its_place(string text, string message) =>
        Assert.Equal(message, RecipeText.Error(RecipeText.Needed + text).Message);

    [Theory]
    [InlineData("split: {validation: 1.5}", "data.split.validation is 1.5; expected a share below 1 or a whole number of rows.")]
    [InlineData("split: {validation: 0.6, test: 0.5}", "data.split cuts off 0.6 and 0.5 of the rows, which leaves none to train on.")]
    [InlineData("split: {test: -1}", "data.split.test is -1; expected a number from 0 up.")]
    [InlineData("prompt: Spam or ham?", "data.prompt has no {text}: the row's text would not be in it.")]
    [InlineData("header: yes", "data.header is yes; expected true or false.")]
    [InlineData("format: alpaca", "data.format is alpaca; expected auto or instruction or prompt_completion or messages or sharegpt or classification or text or tokens.")]
    [InlineData("columns: [a]", "data.columns is a list; expected a map of texts.")]
    [InlineData("columns: {text: [a]}", "data.columns.text is a list; expected a text.")]
    [InlineData("labels: spam", "data.labels is a section: its keys follow, indented, or it is a list of labels.")]
    [InlineData("labels: {names: [a], most_frequent: 2}", "data.labels.most_frequent is given beside data.labels.names of line 2.")]
    [InlineData("validation: v.csv, split: {validation: 0.1}", "data.split.validation is given beside data.validation of line 2.")]
    [InlineData("label_files: {a: b}", "data.train is given beside data.label_files of line 2.")]
    public void A_mistake_in_the_data_section_is_told(string text, string message) =>
        Assert.EndsWith(": " + message, RecipeText.Error($"model: m\ndata: {{train: t, {text}}}").Message);

    [Theory]
    [InlineData("lora.rnk=8", "--set lora.rnk=8: there is no key 'lora.rnk'; did you mean 'lora.rank'?")]
    [InlineData("lora.rank=0", "--set lora.rank=0: lora.rank is 0; expected a whole number from 1 up.")]
    [InlineData("lora=[1]", "--set lora=[1]: lora is a section: its keys follow, indented.")]
    [InlineData("name=a: b", "--set name=a: b: name is a map; expected text.")]
    [InlineData("=3", null)]
    [InlineData("epochs", null)]
    public void A_mistake_on_the_command_line_says_that_it_came_from_there(string set, string? message)
    {
        var error = Assert.Throws<AttuneException>(() => RecipeText.Parse(RecipeText.Needed, set));
        Assert.Equal(message is null ? ExitCode.Usage : ExitCode.Recipe, error.Code);
        Assert.Equal(message ?? $"--set {set}: expected key=value.", error.Message);
    }

    [Fact]
    public void A_lora_setting_on_the_command_line_does_not_fit_a_recipe_of_full_fine_tuning() =>
        Assert.StartsWith("--set lora.rank=8: a lora section is given", RecipeText.Error(RecipeText.Needed + "method: full", "lora.rank=8").Message);

    [Theory]
    [InlineData("")]
    [InlineData("\n# only a comment\n")]
    [InlineData("---\n")]
    public void An_empty_file_is_told(string text) => Assert.StartsWith("r.yaml is empty", RecipeText.Error(text).Message);

    [Theory]
    [InlineData("- a\n- b")]
    [InlineData("just text")]
    public void A_recipe_is_a_map(string text) => Assert.Contains("a recipe is a map", RecipeText.Error(text).Message);

    [Fact]
    public void Model_and_data_are_needed()
    {
        Assert.Equal("r.yaml: the key model is missing: what is to be tuned?", RecipeText.Error("data: {train: t}").Message);
        Assert.Equal("r.yaml: the key data.train is missing: where do the rows come from?", RecipeText.Error("model: m").Message);
    }

    [Theory]
    [InlineData("name: \"open", "r.yaml:3:7")]
    [InlineData("name: [a, b", "r.yaml:4:1")]
    [InlineData("lora:\n\trank: 8", "r.yaml:4:1")]
    [InlineData("name: a: b", "r.yaml:3:8")]
    [InlineData("name: @x", "r.yaml:3:7")]
    public void Broken_yaml_is_told_with_its_place(string text, string place)
    {
        var message = RecipeText.Error(RecipeText.Needed + text).Message;
        Assert.StartsWith(place, message);
        Assert.Contains("this is not YAML", message);
    }

    [Fact]
    public void Deep_nesting_and_long_files_are_refused_at_once()
    {
        Assert.Contains("nested deeper than 16 levels", RecipeText.Error(new string('[', 100_000)).Message);
        Assert.Contains("at most 1,048,576 characters", RecipeText.Error(new string('#', (1 << 20) + 1)).Message);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: ")]
    [InlineData("&a ")]
    [InlineData("\"\\n")]
    [InlineData("a,")]
    [InlineData("'")]
    [InlineData("\n \n")]
    [InlineData("%")]
    [InlineData("!")]
    public void A_megabyte_of_anything_is_refused_without_a_hang(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length));
        var time = System.Diagnostics.Stopwatch.StartNew();
        RecipeText.Error(text);
        RecipeText.Error("[" + text[1..]);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(20), $"{time.Elapsed}"); // Well under a second on an idle machine.
    }

    [Fact]
    public void Files_that_are_no_recipe_are_told()
    {
        var folder = Directory.CreateTempSubdirectory("attune").FullName;
        var bytes = Path.Combine(folder, "bytes.yaml");
        File.WriteAllBytes(bytes, [0x6d, 0xff, 0xfe, 0x00]);
        Assert.StartsWith("There is no recipe none.yaml", Loading("none.yaml"));
        Assert.StartsWith("There is no recipe none/none.yaml", Loading("none/none.yaml"));
        Assert.Equal($"{folder} is a folder, not a recipe.", Loading(folder));
        Assert.Equal($"{bytes} is not text in UTF-8.", Loading(bytes));
        Directory.Delete(folder, recursive: true);

        static string Loading(string path)
        {
            var error = Assert.Throws<AttuneException>(() => RecipeLoader.Load(path));
            Assert.Equal(ExitCode.Recipe, error.Code);
            return error.Message;
        }
    }

    [Fact]
    public void No_text_does_anything_but_load_or_give_a_recipe_error()
    {
        const string valid = "model: m\nlora: {rank: 8, target_modules: [a, 'b']}\ndata:\n  train: \"x\\n\"\n  labels:\n    - a\nepochs: 3 # c\n";
        var pieces = Gen.OneOf<string>("\n", "  ", ": ", "- ", "{", "}", "[", "]", "\"", "'", "&a ", "*a", "!!x ", "|", ">", "%", "\t", "#", "? ", "---\n", "...", "\0", "\ud800", "é", ",", "<<: ");
        Gen.Select(Gen.Int[0, valid.Length], Gen.Int[0, 12], pieces.Array[1, 6]).Sample((at, cut, inserted) =>
        {
            var text = valid[..at] + string.Concat(inserted) + valid[Math.Min(valid.Length, at + cut)..];
            try
            {
                RecipeText.Parse(text);
            }
            catch (AttuneException error)
            {
                Assert.Equal(ExitCode.Recipe, error.Code);
            }
        }, iter: 20_000);
    }
}
