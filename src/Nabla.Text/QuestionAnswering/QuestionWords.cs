namespace Nabla.Text.QuestionAnswering;

/// <summary>
/// The words of a question as they are looked for in a passage, each worth more the rarer it is there: <c>log(1 + 1 / count)</c>, as in the sliding
/// window of Richardson et al. (MCTest: A Challenge Dataset for the Open-Domain Machine Comprehension of Text, 2013).
/// </summary>
internal sealed class QuestionWords
{
    private readonly Dictionary<string, double> worth = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string)> pairs = [];

    public QuestionWords(ReadText question, ReadText passage)
    {
        Dictionary<string, int> counts = passage.Keys.CountBy(key => key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        for (int index = 0; index < question.Count; index++)
        {
            if (question.Speaks(index) && counts.TryGetValue(question.Keys[index], out int count))
            {
                worth.TryAdd(question.Keys[index], Math.Log(1 + (1.0 / count)));
            }

            if (index > 0 && question.Speaks(index) && question.Speaks(index - 1))
            {
                pairs.Add((question.Keys[index - 1], question.Keys[index]));
            }
        }
    }

    /// <summary>Whether the question has a token.</summary>
    public bool Has(string key) => worth.ContainsKey(key);

    /// <summary>Whether the question has two tokens one behind the other.</summary>
    public bool HasPair(string first, string second) => pairs.Contains((first, second));

    /// <summary>What a part of the passage shares with the question: the worth of the different words that both have, words in a row counted twice.</summary>
    public double Overlap(ReadText passage, int first, int last)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        double sum = 0;
        for (int index = first; index <= last; index++)
        {
            if (worth.TryGetValue(passage.Keys[index], out double value))
            {
                bool follows = index > first && HasPair(passage.Keys[index - 1], passage.Keys[index]);
                sum += (seen.Add(passage.Keys[index]) ? value : 0) + (follows ? value : 0);
            }
        }

        return sum;
    }
}
