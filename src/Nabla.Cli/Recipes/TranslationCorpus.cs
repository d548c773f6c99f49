using Nabla.Cli.Commands;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>Reads pairs of sentences in two languages, in three parts.</summary>
internal static class TranslationCorpus
{
    private const string Packed = ".gz";
    private static readonly string[] TrainNames = ["train"];
    private static readonly string[] ValidationNames = ["val", "dev"];
    private static readonly string[] TestNames = ["test"];

    /// <summary>Reads a folder with files for each part and language, or a table of pairs, which is split.</summary>
    /// <exception cref="UsageException">A file of a part is missing, or there are too few pairs.</exception>
    public static Parts<ParallelTexts> Read(string path, string source, string target, int? limit, long seed) =>
        Directory.Exists(path) ? ReadFolder(path, source, target, limit, seed) : Split(ParallelTexts.Read(path), limit, seed);

    /// <summary>Reads the test files of a folder, or all pairs of a table.</summary>
    /// <exception cref="UsageException">A file is missing.</exception>
    public static ParallelTexts ReadTest(string path, string source, string target) =>
        Directory.Exists(path) ? ReadPart(path, TestNames, source, target) : ParallelTexts.Read(path);

    private static Parts<ParallelTexts> ReadFolder(string folder, string source, string target, int? limit, long seed)
    {
        ParallelTexts Read(string[] names, int? most)
        {
            ParallelTexts texts = ReadPart(folder, names, source, target);
            return texts.Select(Parts.Limit(texts.Count, most, seed)) with { Dropped = texts.Dropped };
        }

        int? fewer = limit is { } count ? Math.Max(1, (int)(count * Parts.Share)) : null;
        return new Parts<ParallelTexts>(Read(TrainNames, limit), Read(ValidationNames, fewer), Read(TestNames, fewer));
    }

    private static ParallelTexts ReadPart(string folder, string[] names, string source, string target)
    {
        (string of, string into) = FilesOf(folder, names, source, target);
        return ParallelTexts.Read(of, into);
    }

    // Of several tests, such as those of several years, the first by name counts.
    private static (string Source, string Target) FilesOf(string folder, string[] names, string source, string target)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
        string? of = Array.Find(files, file => IsOf(file, names, source));
        string? into = of is null ? null : Array.Find(files, file => IsOf(file, [StemOf(of, source)], target));
        return of is not null && into is not null ? (of, into) : throw new UsageException(
            $"{folder}: expected a file '{names[0]}....{source}' and one '{names[0]}....{target}', gzipped or not, got "
            + $"{(files.Length == 0 ? "no files" : string.Join(", ", files.Select(Path.GetFileName)))}.");
    }

    private static bool IsOf(string file, string[] names, string language) =>
        Plain(file).EndsWith($".{language}", StringComparison.OrdinalIgnoreCase)
        && Array.Exists(names, name => Path.GetFileName(file).StartsWith(name, StringComparison.OrdinalIgnoreCase));

    private static string StemOf(string file, string language) => Path.GetFileName(Plain(file))[..^language.Length];

    private static string Plain(string file) => file.EndsWith(Packed, StringComparison.OrdinalIgnoreCase) ? file[..^Packed.Length] : file;

    // A sentence with several translations is in one part alone: else its test would be known from training.
    private static Parts<ParallelTexts> Split(ParallelTexts texts, int? limit, long seed)
    {
        int[][] sentences = [.. texts.Sources.Index().GroupBy(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal).Select(group => group.ToArray())];
        Parts<ParallelTexts> parts = Parts.Draw(sentences.Length, limit, seed, $"{texts.Path}: sentences")
            .Map(part => texts.Select([.. part.SelectMany(sentence => sentences[sentence])]));
        return parts with { Train = parts.Train with { Dropped = texts.Dropped } };
    }
}
