namespace Nabla.Text.Stories;

/// <summary>
/// Tells stories and asks about them, after the descriptions of tasks 1, 2, 3 and 15 of bAbI (Weston et al., 2015, arXiv 1502.05698):
/// people in a small world walk, take and leave things; kinds of animals fear each other. The stories are its own, not those of the published files.
/// </summary>
/// <example>
/// <code>
/// IReadOnlyList&lt;StoryQuestion&gt; questions = StoryGenerator.Create(StoryTask.OneSupportingFact, count: 1000, seed: 1);
/// </code>
/// </example>
public static class StoryGenerator
{
    private const int QuestionsOfStory = 5;

    /// <summary>Makes questions; those of one seed, and the first of more, are always the same.</summary>
    /// <param name="task">The task.</param>
    /// <param name="count">How many questions.</param>
    /// <param name="seed">What decides the stories.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task, or a count below 1.</exception>
    public static IReadOnlyList<StoryQuestion> Create(StoryTask task, int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        RandomKey key = RandomKey.FromSeed(seed).Fold((int)task);
        return [.. Enumerable.Range(0, count).SelectMany(story => Story(task, story, new Draws(key.Fold(story)))).Take(count)];
    }

    private static IEnumerable<StoryQuestion> Story(StoryTask task, int story, Draws draws) => task switch
    {
        StoryTask.OneSupportingFact => Walks(story, draws),
        StoryTask.TwoSupportingFacts => Things(story, draws, fewest: 2, most: 8, (world, sentences) => WhereIs(world, story, sentences, draws)),
        StoryTask.ThreeSupportingFacts => Things(story, draws, fewest: 4, most: 16, (world, sentences) => WhereWas(world, story, sentences, draws)),
        StoryTask.BasicDeduction => Fears.Story(story, draws),
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "Expected the task 1, 2, 3 or 15."),
    };

    // Two sentences, a question, five times.
    private static IEnumerable<StoryQuestion> Walks(int story, Draws draws)
    {
        StoryWorld world = new(draws);
        List<string> sentences = [];
        for (int question = 0; question < QuestionsOfStory; question++)
        {
            sentences.Add(world.Walk());
            sentences.Add(world.Walk());
            string person = draws.Of(world.Seen);
            yield return new(story, [.. sentences], $"Where is {person}?", world.PlaceOf(person));
        }
    }

    private static IEnumerable<StoryQuestion> Things(
        int story, Draws draws, int fewest, int most, Func<StoryWorld, IReadOnlyList<string>, StoryQuestion?> ask)
    {
        StoryWorld world = new(draws);
        List<string> sentences = [];
        for (int question = 0; question < QuestionsOfStory;)
        {
            int more = fewest + draws.Below(most - fewest + 1);
            for (int sentence = 0; sentence < more; sentence++)
            {
                sentences.Add(world.Act());
            }

            if (ask(world, [.. sentences]) is { } asked)
            {
                yield return asked;
                question++;
            }
        }
    }

    private static StoryQuestion? WhereIs(StoryWorld world, int story, IReadOnlyList<string> sentences, Draws draws)
    {
        string[] known = [.. world.KnownThings];
        if (known.Length == 0)
        {
            return null;
        }

        string thing = draws.Of(known);
        return new(story, sentences, $"Where is the {thing}?", world.WayOf(thing)[^1]);
    }

    private static StoryQuestion? WhereWas(StoryWorld world, int story, IReadOnlyList<string> sentences, Draws draws)
    {
        string[] moved = [.. world.KnownThings.Where(thing => world.WayOf(thing).Count > 1)];
        if (moved.Length == 0)
        {
            return null;
        }

        string thing = draws.Of(moved);
        IReadOnlyList<string> way = world.WayOf(thing);
        string place = draws.Of([.. way.Skip(1).Distinct()]);
        int last = Enumerable.Range(1, way.Count - 1).Last(step => way[step] == place);
        return new(story, sentences, $"Where was the {thing} before the {place}?", way[last - 1]);
    }
}
