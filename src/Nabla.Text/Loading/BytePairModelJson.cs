using System.Text.Json;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads the model of a <c>tokenizer.json</c> of byte pairs of characters.</summary>
internal static class BytePairModelJson
{
    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidFileException">An id, a merge, the unknown token or, where nothing else stands for it, a byte is missing.</exception>
    public static BytePairModel Read(string path, JsonElement model, Dictionary<string, int> ids)
    {
        BytePairFiles.RequireIds(path, ids);
        string? unknown = TokenizerJson.Text(model, "unk_token");
        int?[] bytes = TokenizerJsonSteps.Flag(model, "byte_fallback", false) ? [.. SubwordText.Bytes.Select(token => IdOf(ids, token))] : [];
        BytePairModel result = new(ids, Merges(path, model, ids))
        {
            Bytes = bytes,
            Unknown = unknown is null ? null : IdOf(ids, unknown),
            FusesUnknown = TokenizerJsonSteps.Flag(model, "fuse_unk", false),
            IgnoresMerges = TokenizerJsonSteps.Flag(model, "ignore_merges", false),
        };
        RequireUnknown(path, result, unknown);
        return result;
    }

    private static Dictionary<(int Left, int Right), (int Rank, int Merged)> Merges(string path, JsonElement model, Dictionary<string, int> ids)
    {
        Dictionary<(int, int), (int, int)> merges = [];
        foreach ((int rank, JsonElement merge) in model.GetProperty("merges").EnumerateArray().Index())
        {
            string[] parts = merge.ValueKind == JsonValueKind.Array ? [.. merge.EnumerateArray().Select(part => part.GetString()!)] : merge.GetString()!.Split(' ');
            bool isMerge = parts is [{ Length: > 0 }, { Length: > 0 }];
            int? left = isMerge ? IdOf(ids, parts[0]) : null;
            int? right = isMerge ? IdOf(ids, parts[1]) : null;
            int? merged = isMerge ? IdOf(ids, parts[0] + parts[1]) : null;
            merges[(left ?? throw Wrong(), right ?? throw Wrong())] = (rank, merged ?? throw Wrong());

            InvalidFileException Wrong() => new(
                path, FilePosition.None, $"expected merges of two tokens of the vocabulary into one of it, got '{string.Join(' ', parts)}' as number {rank + 1}");
        }

        return merges;
    }

    private static void RequireUnknown(string path, BytePairModel model, string? unknown)
    {
        int missing = model.Bytes.Index().FirstOrDefault(pair => pair.Item is null, (-1, null)).Index;
        bool isKnown = model.Bytes.Count > 0 && missing == -1;
        if (model.Unknown is null && !isKnown && (unknown is not null || missing != -1))
        {
            string lacking = missing == -1 ? "" : $" without {SubwordText.Bytes[missing]} and";
            throw new InvalidFileException(
                path, FilePosition.None, $"expected a model with a token for each byte or an unknown token, got a vocabulary of {model.Ids.Count}{lacking} without '{unknown}'");
        }
    }

    private static int? IdOf(Dictionary<string, int> ids, string token) => ids.TryGetValue(token, out int id) ? id : null;
}
