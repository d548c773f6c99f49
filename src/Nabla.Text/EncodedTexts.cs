using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>Texts as inputs of a network.</summary>
/// <param name="Ids"><c>[count, length]</c>, int32: the tokens of each text, filled up with <see cref="TextPreprocessing.PaddingId"/>.</param>
/// <param name="Truncated">How many texts were longer and have been cut off.</param>
/// <param name="Unknown">How many texts have no token that the vocabulary has.</param>
public sealed record EncodedTexts(Tensor Ids, int Truncated, int Unknown)
{
    /// <summary>Encodes texts as a network reads them.</summary>
    /// <param name="preprocessing">How.</param>
    /// <param name="texts">The texts.</param>
    public static EncodedTexts Of(TextPreprocessing preprocessing, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentNullException.ThrowIfNull(texts);
        Tokenizer tokenizer = TextTokenizer.Of(preprocessing);

        // A space alone says nothing of a text whose other parts are unknown.
        int? space = preprocessing.Unit == TextUnit.Subword ? preprocessing.PlaceOf(SubwordText.Space) : null;
        int[] ids = new int[checked(texts.Count * preprocessing.Length)];
        int truncated = 0;
        int unknown = 0;
        for (int index = 0; index < texts.Count; index++)
        {
            IReadOnlyList<int> tokens = tokenizer.EncodeToIds(texts[index]);
            truncated += tokens.Count > preprocessing.Length ? 1 : 0;
            unknown += tokens.All(id => id == TextPreprocessing.UnknownId || id == space) ? 1 : 0;
            int first = index * preprocessing.Length;
            for (int place = 0; place < Math.Min(tokens.Count, preprocessing.Length); place++)
            {
                ids[first + place] = tokens[place];
            }
        }

        return new EncodedTexts(Tensor.From(ids).Reshape([texts.Count, preprocessing.Length]), truncated, unknown);
    }
}
