using Nabla.Data;

namespace Nabla.Text.QuestionAnswering;

/// <summary>Questions as samples of a network.</summary>
/// <param name="Samples">A sample for each window of a passage, each of its own length.</param>
/// <param name="Questions">The questions.</param>
/// <param name="Split">The questions whose passage is longer than a window and became several.</param>
/// <param name="Truncated">The questions that are longer than what is read of them.</param>
/// <param name="Unknown">The questions of which the vocabulary has no word.</param>
/// <param name="Lost">The questions whose answer is in no window as a whole.</param>
public sealed record EncodedQuestions(Dataset<Sample> Samples, int Questions, int Split, int Truncated, int Unknown, int Lost)
{
    internal sealed class Builder(PassageEncoder encoder)
    {
        private readonly List<Sample> samples = [];
        private int questions;
        private int split;
        private int truncated;
        private int unknown;
        private int lost;

        public void Add(Passage passage)
        {
            ReadText read = new(passage.Text);
            foreach (PassageQuestion question in passage.Questions)
            {
                ReadText asked = new(question.Text);
                PassageWindow[] windows = [.. encoder.Windows(asked, read)];
                (int, int)? answer = question.UsualAnswer is { } span ? read.TokensOf(span) : null;
                Tensor[] targets = Array.ConvertAll(windows, window => window.Target(answer));
                samples.AddRange(windows.Zip(targets, (window, target) => new Sample(window.Input, target)));
                questions++;
                split += windows.Length > 1 ? 1 : 0;
                truncated += encoder.Truncates(asked) ? 1 : 0;
                unknown += encoder.Knows(asked) ? 0 : 1;
                lost += answer is not null && Array.TrueForAll(targets, target => target.AsSpan<int>()[0] == 0) ? 1 : 0;
            }
        }

        public EncodedQuestions Build() => new(Dataset.FromEnumerable(samples), questions, split, truncated, unknown, lost);
    }
}
