using Nabla.Formats;
using Nabla.Tests;
using Nabla.Text.Stories;

namespace Nabla.Text.Tests.Stories;

public sealed class StoryFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_number_that_does_not_rise_begins_a_new_story()
    {
        string path = folder.Write("a.txt", "1 Ann left.\n2 Who left? \tAnn\t1\n3 Bo came.\n4 Who came?\tBo\t3\n1 Cy ran.\n\n2 Who ran?\tCy\t1\n");
        IReadOnlyList<StoryQuestion> questions = StoryFile.Read(path);
        Assert.Equal([0, 0, 1], questions.Select(asked => asked.Story));
        Assert.Equal(["Ann left.", "Bo came."], questions[1].Sentences);
        Assert.Equal(("Who left?", "Ann"), (questions[0].Question, questions[0].Answer));
        Assert.Equal(["Cy ran."], questions[2].Sentences);
        Assert.Equal(["Ann left.", "Bo came.", "Cy ran."], StoryFile.Sentences(path));
    }

    [Fact]
    public void A_text_is_cut_into_sentences() => Assert.Equal(["Ann left.", "Bo came."], StoryFile.Sentences("Ann left. Bo came."));

    [Theory]
    [InlineData("Ann left.\n", "expected a sentence with its number before it, got 'Ann left.' at line 1")]
    [InlineData("1 Ann left.\n2 Who?\t\t1\n", "expected a question with its answer behind a tab, got none at line 2")]
    [InlineData("1 Ann left.\n", "expected questions with their answers behind a tab, got none")]
    public void A_bad_file_is_refused(string content, string problem) =>
        Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => StoryFile.Read(folder.Write("bad.txt", content))).Message, StringComparison.Ordinal);
}
