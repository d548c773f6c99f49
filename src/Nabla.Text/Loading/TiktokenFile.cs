using System.Buffers.Text;
using System.Globalization;
using Microsoft.ML.Tokenizers;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads tiktoken's files: a token in base64 and its rank a line. How texts are cut and which special tokens there are follows from the name.</summary>
internal static class TiktokenFile
{
    // For each encoding a model that has it, and its ids, special tokens counted.
    private static readonly Dictionary<string, (string Model, int Size)> Encodings = new()
    {
        ["gpt2"] = ("gpt2", 50_257),
        ["r50k_base"] = ("davinci", 50_257),
        ["p50k_base"] = ("text-davinci-003", 50_281),
        ["cl100k_base"] = ("gpt-4", 100_277),
        ["o200k_base"] = ("gpt-4o", 200_019),
    };

    public static LoadedTokenizer Read(string file, string name)
    {
        if (!Encodings.TryGetValue(Path.GetFileNameWithoutExtension(name), out (string Model, int Size) encoding))
        {
            throw new InvalidFileException(file, FilePosition.None, $"expected one of {string.Join(", ", Encodings.Keys)}, which say how texts are cut, got '{name}'");
        }

        byte[] bytes = PackedFile.ReadAllBytes(file);
        RequireLines(bytes, file);
        using MemoryStream stream = new(bytes);
        return new LoadedTokenizer(TiktokenTokenizer.CreateForModel(encoding.Model, stream), encoding.Size);
    }

    // The package never comes back from an empty line.
    private static void RequireLines(byte[] bytes, string file)
    {
        HashSet<int> ranks = [];
        IReadOnlyList<string> lines = TextLines.Split(bytes, file);
        for (int index = 0; index < lines.Count; index++)
        {
            string[] parts = lines[index].Split(' ');
            bool isToken = parts.Length == 2 && parts[0].Length > 0 && Base64.IsValid(parts[0])
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int rank) && ranks.Add(rank);
            if (!isToken)
            {
                throw new InvalidFileException(file, FilePosition.Line(index + 1), "expected a token in base64 and a rank of its own, got something else");
            }
        }
    }
}
