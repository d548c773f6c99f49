using System.Text;
using Microsoft.ML.Tokenizers;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads BERT's vocabulary: a word or a part of one, with ## before it, a line; the line is the id.</summary>
internal static class BertFile
{
    private static readonly string[] Special = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]"];

    public static LoadedTokenizer Read(string file, bool? lowerCase)
    {
        IReadOnlyList<string> lines = TextLines.Read(file);
        bool small = lowerCase ?? !lines.Any(line => line.Length > 0 && char.IsAsciiLetterUpper(line[0]));
        return Create(file, lines, new BertOptions(), [], specials => new BertNormalizer(small, small, special: specials), specials => new BertPreTokenizer(specials));
    }

    /// <summary>A tokenizer of a vocabulary; one of BERT's own kind when it has all of BERT's special tokens.</summary>
    public static LoadedTokenizer Create(
        string path, IReadOnlyList<string> vocabulary, BertOptions options, IEnumerable<string> furtherSpecial,
        Func<SpecialTokens, Normalizer?> normalizer, Func<SpecialTokens, PreTokenizer> preTokenizer)
    {
        if (vocabulary.Index().GroupBy(token => token.Item).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidFileException(path, FilePosition.Line(twice.ElementAt(1).Index + 1), $"expected each token once, got '{twice.Key}' again");
        }

        if (!vocabulary.Contains(options.UnknownToken))
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected a vocabulary with {options.UnknownToken}, got {vocabulary.Count} tokens without");
        }

        string[] known = [.. Special.Concat(furtherSpecial).Distinct().Where(vocabulary.Contains)];
        SpecialTokens special = new(known);
        options.Normalizer = normalizer(special);
        options.PreTokenizer = preTokenizer(special);
        options.SpecialTokens = known.ToDictionary(token => token, token => vocabulary.Index().First(place => place.Item == token).Index);
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(string.Join('\n', vocabulary)));
        bool isBert = Special.All(vocabulary.Contains);
        return new LoadedTokenizer(isBert ? BertTokenizer.Create(stream, options) : WordPieceTokenizer.Create(stream, options), vocabulary.Count);
    }
}
