using System.Globalization;
using Nabla.Formats;

namespace Nabla.Text.Stories;

/// <summary>
/// Reads stories with questions in the form of bAbI's files (Weston et al., 2015): a sentence a line, with its number in the story before it; a question
/// has its answer behind it, after a tab. A number that is not above the one before begins a new story. Gzipped or not.
/// </summary>
public static class StoryFile
{
    /// <summary>The questions of a file, each with what was told before it.</summary>
    /// <exception cref="InvalidFileException">A line has no number, a question no answer, or there is no question; the message names the line.</exception>
    public static IReadOnlyList<StoryQuestion> Read(string path)
    {
        List<StoryQuestion> questions = [];
        List<string> sentences = [];
        (int story, int last) = (-1, int.MaxValue);
        foreach ((int index, string line) in TextLines.Read(path).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)))
        {
            (int number, string text) = Numbered(line) ?? throw Error(path, index, $"expected a sentence with its number before it, got '{line}'");
            if (number <= last)
            {
                sentences = [];
                story++;
            }

            last = number;
            string[] fields = text.Split('\t', StringSplitOptions.TrimEntries);
            if (fields.Length == 1)
            {
                sentences.Add(fields[0]);
                continue;
            }

            questions.Add(fields[1].Length > 0
                ? new StoryQuestion(story, [.. sentences], fields[0], fields[1]) { Line = index + 1 }
                : throw Error(path, index, "expected a question with its answer behind a tab, got none"));
        }

        return questions.Count > 0
            ? questions
            : throw new InvalidFileException(path, FilePosition.None, "expected questions with their answers behind a tab, got none");
    }

    /// <summary>The sentences of a story: a file's lines, with or without numbers, or a text cut where sentences end.</summary>
    /// <param name="story">The file or the text.</param>
    public static IReadOnlyList<string> Sentences(string story)
    {
        ArgumentNullException.ThrowIfNull(story);
        IEnumerable<string> parts = File.Exists(story)
            ? TextLines.Read(story).Where(line => !line.Contains('\t', StringComparison.Ordinal))
            : story.Split('.', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(sentence => $"{sentence}.");
        return [.. parts.Select(line => Numbered(line)?.Text ?? line.Trim()).Where(sentence => sentence.Length > 0)];
    }

    private static (int Number, string Text)? Numbered(string line)
    {
        string[] parts = line.Trim().Split(' ', 2);
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? (number, parts[1].Trim()) : null;
    }

    private static InvalidFileException Error(string path, int index, string problem) => new(path, FilePosition.Line(index + 1), problem);
}
