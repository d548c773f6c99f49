namespace Nabla.Text.Stories;

/// <summary>Stories of kinds of animals that are afraid of each other, and of single ones of those kinds.</summary>
internal static class Fears
{
    private static readonly string[] Names = ["Gertrude", "Winona", "Jessica", "Emily"];
    private static readonly (string One, string Many)[] Kinds = [("mouse", "Mice"), ("wolf", "Wolves"), ("cat", "Cats"), ("sheep", "Sheep")];

    /// <summary>Eight sentences, then a question about each of the four names.</summary>
    public static IEnumerable<StoryQuestion> Story(int story, Draws draws)
    {
        int[] feared = [.. Enumerable.Range(0, Kinds.Length).Select(kind => (kind + 1 + draws.Below(Kinds.Length - 1)) % Kinds.Length)];
        int[] kinds = [.. Names.Select(_ => draws.Below(Kinds.Length))];
        IEnumerable<string> rules = Kinds.Select((kind, index) => $"{kind.Many} are afraid of {Kinds[feared[index]].Many.ToLowerInvariant()}.");
        IEnumerable<string> members = Names.Select((name, index) => $"{name} is a {Kinds[kinds[index]].One}.");
        string[] sentences = draws.Shuffled([.. rules, .. members]);
        return draws.Shuffled([.. Enumerable.Range(0, Names.Length)])
            .Select(name => new StoryQuestion(story, sentences, $"What is {Names[name]} afraid of?", Kinds[feared[kinds[name]]].One));
    }
}
