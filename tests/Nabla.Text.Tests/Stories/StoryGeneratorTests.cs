using Nabla.Text.Stories;

namespace Nabla.Text.Tests.Stories;

public sealed class StoryGeneratorTests
{
    public static TheoryData<StoryTask> Tasks => [.. Enum.GetValues<StoryTask>()];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Answers_follow_from_what_was_told(StoryTask task)
    {
        foreach (StoryQuestion asked in StoryGenerator.Create(task, 500, seed: 3))
        {
            string[] words = asked.Question.TrimEnd('?').Split(' ');
            string expected = task switch
            {
                StoryTask.OneSupportingFact => PlaceOf(words[2], asked.Sentences),
                StoryTask.TwoSupportingFacts => WayOf(words[3], asked.Sentences)[^1],
                StoryTask.ThreeSupportingFacts => Before(WayOf(words[3], asked.Sentences), words[^1]),
                _ => FearOf(words[2], asked.Sentences),
            };
            Assert.Equal(expected, asked.Answer);
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void A_seed_always_tells_the_same_and_another_one_something_else(StoryTask task)
    {
        string[] Told(int count, long seed) => [.. StoryGenerator.Create(task, count, seed)
            .Select(asked => string.Join(' ', [.. asked.Sentences, asked.Question, asked.Answer]))];
        Assert.Equal(Told(50, 1), Told(80, 1).Take(50));
        Assert.Empty(Told(300, 1).Intersect(Told(300, 2)));
    }

    [Fact]
    public void Questions_come_in_the_course_of_a_story()
    {
        IReadOnlyList<StoryQuestion> questions = StoryGenerator.Create(StoryTask.OneSupportingFact, 10, seed: 1);
        Assert.Equal([2, 4, 6, 8, 10, 2, 4, 6, 8, 10], questions.Select(asked => asked.Sentences.Count));
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], questions.Select(asked => asked.Story));
        Assert.Throws<ArgumentOutOfRangeException>(() => StoryGenerator.Create((StoryTask)4, 1, seed: 1));
    }

    [Fact]
    public void Inputs_have_the_question_first_and_the_latest_sentence_next()
    {
        StoryQuestion asked = new(0, ["John went to the garden.", "Mary left."], "Where is Mary?", "garden");
        Data.TextPreprocessing preprocessing = StoryEncoding.Fit([asked]);
        Assert.Equal(6, preprocessing.Length);
        Tensor ids = StoryEncoding.Encode(preprocessing, memories: 3, [asked]);
        Assert.Equal([1, 4, 6], ids.Shape.ToArray());
        string[] words = [.. ids.ToArray<int>().Select(id => preprocessing.Vocabulary[id])];
        Assert.Equal(["where", "is", "mary", "?", "<pad>", "<pad>"], words[..6]);
        Assert.Equal(["mary", "left", ".", "<pad>"], words[6..10]);
        Assert.Equal(["john", "went", "to", "the", "garden", "."], words[12..18]);
        Assert.All(words[18..], word => Assert.Equal("<pad>", word));
        Assert.Equal([1, 2, 6], StoryEncoding.Encode(preprocessing, memories: 1, [asked]).Shape.ToArray());
    }

    private static string PlaceOf(string person, IEnumerable<string> sentences) =>
        sentences.Last(sentence => sentence.StartsWith(person, StringComparison.Ordinal) && Room(sentence) is not null).Split(' ')[^1].TrimEnd('.');

    private static string? Room(string sentence) => sentence.Contains(" to the ", StringComparison.Ordinal) ? sentence.Split(' ')[^1].TrimEnd('.') : null;

    // Follows a thing from room to room, sentence by sentence.
    private static List<string> WayOf(string thing, IReadOnlyList<string> sentences)
    {
        string[] takes = ["took", "got", "grabbed", "picked"];
        Dictionary<string, string> rooms = [];
        List<string> way = [];
        string? owner = null;
        foreach (string sentence in sentences)
        {
            string[] words = sentence.TrimEnd('.').Split(' ');
            if (Room(sentence) is { } room)
            {
                rooms[words[0]] = room;
                way.AddRange(words[0] == owner ? [room] : []);
            }
            else if (words[^1] == thing)
            {
                owner = takes.Contains(words[1]) ? words[0] : null;
                way.AddRange(owner is not null && way.Count == 0 ? [rooms[owner]] : []);
            }
        }

        return way;
    }

    private static string Before(List<string> way, string room) => way[way.LastIndexOf(room) - 1];

    private static string FearOf(string name, IReadOnlyList<string> sentences)
    {
        Dictionary<string, string> many = new() { ["mouse"] = "Mice", ["wolf"] = "Wolves", ["cat"] = "Cats", ["sheep"] = "Sheep" };
        string kind = sentences.Single(sentence => sentence.StartsWith(name, StringComparison.Ordinal)).Split(' ')[^1].TrimEnd('.');
        string feared = sentences.Single(sentence => sentence.StartsWith(many[kind], StringComparison.Ordinal)).Split(' ')[^1].TrimEnd('.');
        return many.Single(pair => string.Equals(pair.Value, feared, StringComparison.OrdinalIgnoreCase)).Key;
    }
}
