using System.Runtime.InteropServices;

namespace Nabla.Text;

/// <summary>
/// The work of <see cref="BpeTrainer"/>. Each pair knows how often it is met and in which words; a heap has the pair met most. Merging one changes only
/// the words that have it, and counts of pairs in the heap are looked at again when they come up, so that the time is that of what changes.
/// </summary>
internal sealed class BpeLearning
{
    private readonly BpeTrainer trainer;
    private readonly int specialTokens;
    private readonly List<string> tokens;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly List<string> merges = [];
    private readonly List<(int[] Symbols, long Uses)> words = [];
    private readonly Dictionary<(int Left, int Right), Pair> pairs = [];
    private readonly PriorityQueue<(int Left, int Right, long Uses), (long Rarity, int Left, int Right)> queue = new();

    public BpeLearning(IReadOnlyList<string> special, IReadOnlyDictionary<string, long> words, BpeTrainer trainer)
    {
        this.trainer = trainer;
        specialTokens = special.Count;
        tokens = [.. special];
        AddCharacters(words);
        foreach ((int index, string token) in tokens.Index())
        {
            ids[token] = index;
        }

        foreach ((string word, long uses) in words)
        {
            Split(word, uses);
        }
    }

    public IReadOnlyList<string> Tokens => tokens;

    public IReadOnlyList<string> Merges => merges;

    public void Run()
    {
        foreach ((int left, int right) in pairs.Keys)
        {
            Offer(left, right);
        }

        while (tokens.Count < trainer.VocabularySize && queue.TryDequeue(out (int Left, int Right, long Uses) most, out _))
        {
            Pair pair = pairs[(most.Left, most.Right)];
            if (pair.Uses != most.Uses)
            {
                Offer(most.Left, most.Right);
            }
            else if (TokenOf(most.Left, most.Right) is { } merged)
            {
                Merge(most.Left, most.Right, merged, pair.Words);
            }
        }
    }

    private void AddCharacters(IReadOnlyDictionary<string, long> words)
    {
        Dictionary<string, long> uses = new(StringComparer.Ordinal);
        foreach ((string word, long count) in words)
        {
            foreach ((string symbol, _) in SubwordText.Symbols(word, beginsText: false))
            {
                uses[symbol] = uses.GetValueOrDefault(symbol) + count;
            }
        }

        tokens.AddRange(uses
            .Where(use => use.Value >= trainer.FewestUses && !tokens.Contains(use.Key))
            .OrderByDescending(use => use.Value)
            .ThenBy(use => use.Key, StringComparer.Ordinal)
            .Select(use => use.Key)
            .Take(trainer.VocabularySize - tokens.Count));
    }

    // A character that is no token ends what may be merged.
    private void Split(string word, long uses)
    {
        List<int> symbols = [];
        foreach ((string symbol, _) in SubwordText.Symbols(word, beginsText: false))
        {
            if (ids.TryGetValue(symbol, out int id))
            {
                symbols.Add(id);
                continue;
            }

            Add([.. symbols], uses);
            symbols.Clear();
        }

        Add([.. symbols], uses);
    }

    private void Add(int[] symbols, long uses)
    {
        if (symbols.Length > 1)
        {
            words.Add((symbols, uses));
            Count(words.Count - 1, symbols, uses, null);
        }
    }

    // Adds to the counts of the pairs of a word, or takes away. Pairs of a new token are noted in the word; older ones are already.
    private void Count(int word, int[] symbols, long uses, int? newToken, HashSet<(int, int)>? changed = null)
    {
        for (int place = 1; place < symbols.Length; place++)
        {
            (int Left, int Right) key = (symbols[place - 1], symbols[place]);
            ref Pair? pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, key, out _);
            pair ??= new Pair();
            pair.Uses += uses;
            if (newToken is null || key.Left == newToken || key.Right == newToken)
            {
                pair.Note(word);
                changed?.Add(key);
            }
        }
    }

    // Null when the pair may not become a token: it is too long, or would be a special token or a byte.
    private int? TokenOf(int left, int right)
    {
        string merged = tokens[left] + tokens[right];
        if (merged.EnumerateRunes().Count() > trainer.LongestToken || (ids.TryGetValue(merged, out int known) && known < specialTokens))
        {
            return null;
        }

        merges.Add($"{tokens[left]} {tokens[right]}");
        if (ids.TryAdd(merged, tokens.Count))
        {
            tokens.Add(merged);
        }

        return ids[merged];
    }

    private void Merge(int left, int right, int merged, List<int> places)
    {
        HashSet<(int, int)> changed = [];
        foreach (int word in places.ToArray())
        {
            (int[] symbols, long uses) = words[word];
            int[] shorter = Replaced(symbols, left, right, merged);
            if (shorter.Length < symbols.Length)
            {
                Count(word, symbols, -uses, newToken: int.MinValue);
                words[word] = (shorter, uses);
                Count(word, shorter, uses, merged, changed);
            }
        }

        foreach ((int first, int second) in changed)
        {
            Offer(first, second);
        }
    }

    private static int[] Replaced(int[] symbols, int left, int right, int merged)
    {
        List<int> replaced = new(symbols.Length);
        for (int place = 0; place < symbols.Length; place++)
        {
            bool isPair = symbols[place] == left && place + 1 < symbols.Length && symbols[place + 1] == right;
            replaced.Add(isPair ? merged : symbols[place]);
            place += isPair ? 1 : 0;
        }

        return [.. replaced];
    }

    private void Offer(int left, int right)
    {
        long uses = pairs[(left, right)].Uses;
        if (uses >= trainer.FewestUses)
        {
            queue.Enqueue((left, right, uses), (-uses, left, right));
        }
    }

    private sealed class Pair
    {
        public long Uses { get; set; }

        public List<int> Words { get; } = [];

        public void Note(int word)
        {
            if (Words.Count == 0 || Words[^1] != word)
            {
                Words.Add(word);
            }
        }
    }
}
