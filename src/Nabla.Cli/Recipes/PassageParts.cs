using Nabla.Cli.Commands;
using Nabla.Text.QuestionAnswering;

namespace Nabla.Cli.Recipes;

/// <summary>Questions about passages in three parts, no passage in two of them.</summary>
internal static class PassageParts
{
    private const int FewestArticles = 10;
    private static readonly string[][] Names = [["train"], ["dev", "valid"], ["test"]];

    /// <summary>The parts of a folder whose files say which they are, else those drawn by article, or by passage where articles are few.</summary>
    public static Parts<PassageSet> Read(TrainSettings settings)
    {
        string path = settings.Data ?? throw new UsageException("'nabla train qa' needs questions: give a file or a folder with --data.");
        string[][] files = Directory.Exists(path) ? [.. Names.Select(names => Named(path, names))] : [];
        return files.Length > 0 && files.All(part => part.Length > 0) ? ReadParts(path, files, settings) : Draw(PassageSet.Read(path), settings);
    }

    private static string[] Named(string folder, string[] names) => [.. PassageSet.FilesOf(folder)
        .Where(file => names.Any(name => Path.GetFileName(file).Contains(name, StringComparison.OrdinalIgnoreCase)))];

    private static Parts<PassageSet> ReadParts(string path, string[][] files, TrainSettings settings)
    {
        PassageSet[] sets = [.. files.Select(part => Limited(PassageSet.ReadAll(path, part), settings))];
        return new Parts<PassageSet>(sets[0].Except(sets[1], sets[2]), sets[1].Except(sets[2]), sets[2]);
    }

    private static Parts<PassageSet> Draw(PassageSet all, TrainSettings settings)
    {
        PassageSet set = Articles(all).Length >= FewestArticles
            ? all
            : all with { Passages = [.. all.Passages.Select(passage => passage with { Article = passage.Text })] };
        string[] articles = Articles(set);
        return Parts.Draw(articles.Length, LimitOf(set, settings), settings.Seed, $"{set.Path}: articles")
            .Map(part => set.OfArticles(part.Select(index => articles[index])));
    }

    private static PassageSet Limited(PassageSet set, TrainSettings settings)
    {
        string[] articles = Articles(set);
        return set.OfArticles(Parts.Limit(articles.Length, LimitOf(set, settings), settings.Seed).Select(index => articles[index]));
    }

    private static string[] Articles(PassageSet set) => [.. set.Passages.Select(passage => passage.Article).Distinct()];

    // As many articles as have the questions that are asked for, on average.
    private static int? LimitOf(PassageSet set, TrainSettings settings) => settings.Limit is { } limit
        ? (int)Math.Ceiling((double)limit * Articles(set).Length / set.QuestionCount)
        : null;
}
