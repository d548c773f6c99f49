using Nabla.Data;
using Nabla.Formats;
using Nabla.Tests;
using Nabla.Text;

namespace Nabla.Cli.Tests;

public sealed class TextPredictTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public TextPredictTests()
    {
        model = folder.File("model");
        TextPreprocessing text = new() { Unit = TextUnit.Word, Length = 4, Vocabulary = [.. TextPreprocessing.SpecialTokens, "good", "bad", "film"] };
        ModelFolder.Save(model, new SavedModel("films", TextCnn.Create(text.Vocabulary.Count, text.Length, classes: 2, seed: 1))
        {
            Labels = ["bad", "good"],
            Preprocessing = new ModelPreprocessing(Text: text),
        });
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Texts_that_are_cut_off_are_answered_and_counted()
    {
        Outcome many = Cli.Run("predict", model, folder.Write("texts.txt", "good film\ngood good good good film\nbad bad bad bad bad\n"), "bad bad bad bad film");
        Assert.Equal((0, 4), (many.ExitCode, many.Lines.Length));
        Assert.Equal("nabla: 3 texts are longer than the 4 tokens that the model reads: cut off.\n", many.Error.ReplaceLineEndings("\n"));
        Outcome one = Cli.Run("predict", model, "good good good good film");
        Assert.Equal("nabla: 1 text is longer than the 4 tokens that the model reads: cut off.\n", one.Error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_bad_line_does_not_keep_the_others_from_being_answered()
    {
        Outcome outcome = Cli.Run("predict", model, folder.Write("texts.txt", "good film\nqqq zzz\nbad film\n"));
        outcome.FailsWith("texts.txt line 2: none of its words is in the model's vocabulary of 5");
        Assert.Equal(["1", "3"], outcome.Lines.Select(line => line.Split(" line ")[1].Split(':')[0]));
    }

    [Fact]
    public void Bytes_of_the_standard_input_that_are_no_text_are_refused() =>
        Cli.RunWith([.. "good film\n"u8, 0xFF], "predict", model, "-").FailsWith("standard input: expected text in UTF-8, got byte FF at line 2");

    [Fact]
    public void A_mistyped_file_is_no_text()
    {
        Cli.Run("predict", model, "good-typo.txt").FailsWith("good-typo.txt: no such file.");
        Cli.Run("predict", model, "missing/good").FailsWith("missing/good: no such file.");
        Cli.Run("predict", model, "good/bad ").Succeeds();
        Cli.Run("predict", model, "好/good").Succeeds();
        Cli.Run("predict", model, "good film.txt").Succeeds();
    }

    [Theory]
    [InlineData("--beam", "2", "that translate")]
    [InlineData("--attention", "map.png", "that translate")]
    [InlineData("--question", "Who?", "that answer questions")]
    [InlineData("--context", "Ada.", "that answer questions")]
    public void An_option_of_other_models_is_refused(string option, string value, string purpose) =>
        Cli.Run("predict", model, "good film", option, value).FailsWith($"{option} is for models {purpose}, and 'films' is none: leave it out.");
}
