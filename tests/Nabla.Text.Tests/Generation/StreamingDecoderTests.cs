using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text.Tests;

public sealed class StreamingDecoderTests
{
    [Fact]
    public void Bytes_come_out_as_whole_characters()
    {
        const string text = "a é 汉 😀 end";
        StreamingDecoder decoder = new(new ByteTokenizer());
        List<string> pieces = [.. Encoding.UTF8.GetBytes(text).Select(value => decoder.Add(value))];
        Assert.Equal(text, string.Concat(pieces));
        Assert.Equal("", decoder.Finish());
        Assert.All(pieces, piece => Assert.Equal(piece, new UTF8Encoding(false, true).GetString(new UTF8Encoding(false, true).GetBytes(piece))));
        Assert.Equal(["", "", "", "😀"], pieces.Skip(9).Take(4).Select(piece => piece.Trim()));
    }

    [Fact]
    public void Half_a_surrogate_pair_waits_for_the_other_half()
    {
        StreamingDecoder decoder = new(Characters("\ud83d", "\ude00"));
        Assert.Equal("", decoder.Add(2));
        Assert.Equal("😀", decoder.Add(3));
    }

    [Fact]
    public void Bytes_that_are_no_character_become_a_replacement_at_the_end()
    {
        StreamingDecoder decoder = new(new ByteTokenizer());
        Assert.Equal("", decoder.Add(0xE6));
        Assert.Equal("\uFFFD", decoder.Finish());
    }

    [Fact]
    public void Words_are_parted_by_spaces_also_from_the_prompt()
    {
        VocabularyTokenizer tokenizer = new(TextUnit.Word, ["<pad>", "<unk>", "to", "be", "or"]);
        StreamingDecoder decoder = new(tokenizer, [2, 3]);
        Assert.Equal([" or", " to", " be"], new[] { 4, 2, 3 }.Select(decoder.Add));
    }

    [Fact]
    public void Characters_stand_side_by_side()
    {
        StreamingDecoder decoder = new(Characters("a", " ", "\n"), [2]);
        Assert.Equal("a \na", string.Concat(new[] { 2, 3, 4, 2 }.Select(decoder.Add)) + decoder.Finish());
    }

    private static VocabularyTokenizer Characters(params string[] characters) =>
        new(TextUnit.Character, ["<pad>", "<unk>", .. characters], lowerCase: false);

    /// <summary>A token for each byte.</summary>
    private sealed class ByteTokenizer : Tokenizer
    {
        public override PreTokenizer? PreTokenizer => null;

        public override Normalizer? Normalizer => null;

        public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
        {
            byte[] bytes = [.. ids.Select(id => (byte)id)];
            string text = Encoding.UTF8.GetString(bytes);
            bool fits = text.TryCopyTo(destination);
            (idsConsumed, charsWritten) = fits ? (bytes.Length, text.Length) : (0, 0);
            return fits ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
        }

        protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
            throw new NotSupportedException();
    }
}
