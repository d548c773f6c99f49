using System.Text;
using System.Text.Json;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;
using Nabla.Text.QuestionAnswering;
using Nabla.Text.Stories;

namespace Nabla.Cli.Tests;

public sealed class AskedTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Zyx qqq?")]
    [InlineData("？")]
    [InlineData("!")]
    public void A_question_without_a_known_word_is_refused(string question)
    {
        Outcome outcome = Cli.Run("predict", Reader(), "--question", question, "--context", "Ada was born in Lund.");
        Assert.Equal("", outcome.FailsWith($"'{question}': none of its words is in the model's vocabulary of ").Output);
    }

    [Fact]
    public void A_question_that_is_cut_off_is_said()
    {
        string question = $"Where was {string.Join(' ', Enumerable.Repeat("ever", 40))} Ada born?";
        Outcome outcome = Cli.Run("predict", Reader(), "--question", question, "--context", "Ada was born in Lund.");
        Assert.Equal((0, 1), (outcome.ExitCode, outcome.Lines.Length));
        Assert.Matches("^nabla: the question is longer than the [0-9]+ words and marks that the model reads: cut off.\r?\n$", outcome.Error);
    }

    // Two line ends of two characters and a picture of two UTF-16 units stand before the first word.
    [Fact]
    public void The_place_of_an_answer_is_counted_in_the_characters_of_the_file()
    {
        const string passage = "😀\r\n\r\nAda was born in Lund.\r\nShe lived in 𠮷 Graz.";
        string file = folder.Write("passage.txt", passage);
        using JsonDocument json = JsonDocument.Parse(Cli.Run("predict", Reader(), "--question", "Where was Ada born?", "--context", file, "--json").Succeeds().Output);
        (int start, int end) = (json.RootElement.GetProperty("start").GetInt32(), json.RootElement.GetProperty("end").GetInt32());
        Rune[] characters = [.. passage.EnumerateRunes()];
        Assert.Equal(json.RootElement.GetProperty("answer").GetString(), string.Concat(characters[start..end].Select(rune => rune.ToString())));
        string line = Cli.Run("predict", Reader(), "--question", "Where was Ada born?", "--context", file).Succeeds().Output;
        Assert.Contains($"(characters {start} to {end - 1}, ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_context_is_refused()
    {
        Cli.Run("predict", Reader(), "--question", "Where?", "--context", "passage-typo.txt").FailsWith("passage-typo.txt: no such file.");
        Cli.Run("predict", Reader(), "passage.txt", "--question", "Where?", "--context", "Ada.").FailsWith("'qa' answers questions", "leave out 'passage.txt'");
        Cli.Run("predict", Reader(), "--question", "Where?", "--context", "Ada.", "--top", "2").FailsWith("--top is for models of classes, and 'qa' is none");
    }

    [Fact]
    public void What_is_left_out_of_questions_is_said_with_the_scores()
    {
        const string questions =
            """[{"question": "Who?", "answers": [{"text": "Zoe", "answer_start": 0}]}, {"question": "Zyx?", "answers": [{"text": "Ada", "answer_start": 3}]}]""";
        string data = folder.Write("two.json", $$"""{"data": [{"paragraphs": [{"context": "Ada was born in Lund.", "qas": {{questions}}}]}]}""");
        string output = Cli.Run("evaluate", Reader(), "--data", data).Succeeds().Output;
        Assert.Contains("0 answers stand where the data says, 1 were found elsewhere, 1 nowhere\n", output, StringComparison.Ordinal);
        Assert.Contains("1 questions whose answers were found nowhere are left out\n1 questions have no known word\n", output, StringComparison.Ordinal);
        Assert.Contains("  1 samples", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_model_does_not_see_of_a_story_is_said()
    {
        string[] ask = ["predict", Memory(), "--question", "Where is Mary?", "--context"];
        Cli.Run([.. ask, "Mary went to the kitchen."]).Succeeds();
        Outcome cut = Cli.Run([.. ask, "Mary went to the very very very very large kitchen."]);
        Assert.Equal((0, 1), (cut.ExitCode, cut.Lines.Length));
        Assert.Contains("nabla: a sentence is longer than the 6 words and marks that the model reads: cut off.", cut.Error, StringComparison.Ordinal);
        Assert.Contains("nabla: 2 words are not in the model's vocabulary.", cut.Error, StringComparison.Ordinal);
        Outcome forgotten = Cli.Run([.. ask, "Mary went to the kitchen. John went to the garden. John went to the kitchen."]);
        Assert.Equal("nabla: the story has 3 sentences, of which the model remembers the last 2.", forgotten.Error.Trim());
        Assert.Equal("", Cli.Run([.. ask, "Zyx qqq."]).FailsWith("no word of the question, or none of the last 2 sentences of the story").Output);
        Cli.Run("predict", Memory(), "--question", "Zyx?", "--context", "Mary went to the kitchen.").FailsWith("'Zyx?': no word of the question");
    }

    [Fact]
    public void Stories_that_are_not_seen_whole_are_said_with_the_scores()
    {
        string data = folder.Write(
            "stories.txt",
            "1 Mary went to the kitchen.\n2 John went to the garden.\n3 Zyx qqq.\n4 Where is Mary?\tkitchen\t1\n1 Mary went to the very very large kitchen.\n2 Zyx?\tkitchen\t1\n");
        string output = Cli.Run("evaluate", Memory(), "--data", data).Succeeds().Output;
        Assert.Contains("1 questions are about stories of more than 2 sentences, and what these begin with is forgotten\n", output, StringComparison.Ordinal);
        Assert.Contains("1 questions have a sentence of more than 6 words and marks, which is cut off\n", output, StringComparison.Ordinal);
        Assert.Contains("1 questions have no known word, or none in their story\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_the_model_does_not_have_is_refused_with_its_line()
    {
        string data = folder.Write("moon.txt", "1 Mary went to the kitchen.\n2 Where is Mary?\tmoon\t1\n");
        Cli.Run("evaluate", Memory(), "--data", data).FailsWith($"{data}: expected one of the answers garden, kitchen to 'Where is Mary?', got 'moon' at line 2");
    }

    // Nothing is learnt: what is asked here holds for any weights.
    private string Reader()
    {
        PassageSet questions = PassageSet.Read(Repository.PathOf("docs/data/questions.json")).Answerable();
        SpanAnswerer answerer = SpanAnswerer.Create(questions, seed: 1, new SpanAnswererOptions { EmbeddingSize = 8, HiddenSize = 8 });
        ModelFolder.Save(folder.File("qa"), new SavedModel("qa", answerer.Network)
        {
            Task = PredictionTask.QuestionAnswering,
            Preprocessing = new ModelPreprocessing(Text: answerer.Text, Reading: answerer.Reading),
        });
        return folder.File("qa");
    }

    private string Memory()
    {
        TextPreprocessing text = StoryEncoding.Fit([new StoryQuestion(0, ["Mary went to the kitchen.", "John went to the garden."], "Where is Mary?", "kitchen")]);
        Sequential network = new([3, text.Length], seed: 1, new EndToEndMemory(text.Vocabulary.Count, 8, 2), new Dense(2, ActivationKind.Softmax));
        ModelFolder.Save(folder.File("babi"), new SavedModel("babi", network) { Labels = ["garden", "kitchen"], Preprocessing = new ModelPreprocessing(Text: text) });
        return folder.File("babi");
    }
}
