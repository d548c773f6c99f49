using Nabla.Formats;

namespace Nabla.Text.QuestionAnswering;

/// <summary>Passages with questions and answers.</summary>
/// <param name="Path">Where they come from, as the user named it.</param>
/// <param name="Passages">The passages; no text is there twice.</param>
/// <param name="Check">How many answers stand where the files say.</param>
/// <example>
/// <code>
/// PassageSet questions = PassageSet.Read("cmrc2018_dev.json.gz");   // SQuAD's JSON, SubjQA's CSV, or a folder of such files
/// </code>
/// </example>
public sealed record PassageSet(string Path, IReadOnlyList<Passage> Passages, AnswerCheck Check)
{
    private static readonly string[] Endings = [".json", ".csv", ".json.gz", ".csv.gz"];

    /// <summary>The questions with their passages.</summary>
    public IEnumerable<(Passage Passage, PassageQuestion Question)> Questions =>
        Passages.SelectMany(passage => passage.Questions.Select(question => (passage, question)));

    /// <summary>How many questions there are.</summary>
    public int QuestionCount => Passages.Sum(passage => passage.Questions.Count);

    /// <summary>
    /// Reads SQuAD's JSON, version 1.1 or 2.0 (Rajpurkar et al., 2016 and 2018), SubjQA's CSV (Bjerva et al., 2020), or a folder with files of them;
    /// gzipped or not. Each answer is looked for in its passage.
    /// </summary>
    /// <param name="path">The file or the folder.</param>
    /// <exception cref="InvalidFileException">It is neither, or something is missing or malformed; the message says where.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static PassageSet Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ReadAll(path, Directory.Exists(path) ? FilesOf(path) : [path]);
    }

    /// <summary>Reads several files as one set.</summary>
    /// <param name="path">What errors and records call the set.</param>
    /// <param name="files">The files.</param>
    /// <inheritdoc cref="Read"/>
    public static PassageSet ReadAll(string path, IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        PassageSet[] sets = [.. files.Select(ReadFile)];
        Passage[] passages = [.. Joined(sets.SelectMany(set => set.Passages))];
        return passages.Any(passage => passage.Questions.Count > 0)
            ? new(path, passages, sets.Aggregate(new AnswerCheck(), (sum, set) => sum + set.Check))
            : throw new InvalidFileException(path, FilePosition.None, "expected questions about passages, got none");
    }

    /// <summary>The files of a folder that may have questions, in ordinal order.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> FilesOf(string folder) =>
    [
        .. Directory.EnumerateFiles(folder)
            .Where(file => Endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The passages of some articles.</summary>
    /// <param name="articles">Which.</param>
    public PassageSet OfArticles(IEnumerable<string> articles)
    {
        HashSet<string> wanted = [.. articles];
        return this with { Passages = [.. Passages.Where(passage => wanted.Contains(passage.Article))] };
    }

    /// <summary>The passages whose text stands in none of other sets.</summary>
    /// <param name="others">The other sets.</param>
    public PassageSet Except(params IReadOnlyList<PassageSet> others)
    {
        HashSet<string> taken = [.. others.SelectMany(other => other.Passages).Select(passage => passage.Text)];
        return this with { Passages = [.. Passages.Where(passage => !taken.Contains(passage.Text))] };
    }

    /// <summary>The questions whose passage has an answer.</summary>
    public PassageSet Answerable() => this with
    {
        Passages = [.. Passages
            .Select(passage => passage with { Questions = [.. passage.Questions.Where(question => question.IsAnswerable)] })
            .Where(passage => passage.Questions.Count > 0)],
    };

    private static PassageSet ReadFile(string path)
    {
        byte[] bytes = PackedFile.ReadAllBytes(path);
        byte first = bytes.FirstOrDefault(value => value is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF));
        return first is (byte)'{' or (byte)'[' ? new SquadFile(path).Read(bytes) : new SubjQaFile(path).Read(bytes);
    }

    // One text with questions in several places is one passage: so no text can come into two parts of a split.
    private static IEnumerable<Passage> Joined(IEnumerable<Passage> passages) => passages
        .GroupBy(passage => passage.Text)
        .Select(same => same.First() with { Questions = [.. same.SelectMany(passage => passage.Questions)] });
}
