// Learns to answer questions about short passages, and to say when a passage has no answer: dotnet run -c Release examples/questions.cs
#:project ../src/Nabla.Text/Nabla.Text.csproj
using Nabla.Data;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Text.QuestionAnswering;
using Nabla.Training;

PassageSet questions = PassageSet.Read("docs/data/questions.json");
string[] articles = [.. questions.Passages.Select(passage => passage.Article)];
(PassageSet train, PassageSet test) = (questions.OfArticles(articles[..9]), questions.OfArticles(articles[9..]));

SpanAnswerer answerer = SpanAnswerer.Create(train, seed: 1, new SpanAnswererOptions { EmbeddingSize = 16, HiddenSize = 16, Dropout = 0.1 });
Trainer trainer = new(answerer.Network, new SparseCategoricalCrossEntropy(), new Adam(0.01));
EncodedQuestions encoded = answerer.Samples(train);
trainer.Fit(encoded.Samples, validation: null, new FitOptions { Epochs = 30, BatchSize = 9, Buckets = new LengthBuckets() });

(AnswerScores all, AnswerScores answerable) = AnswerScores.Of(answerer, test);
(AnswerScores baseline, _) = AnswerScores.Of(LexicalBaseline.Fit(train), test);
Console.WriteLine($"F1 {all.F1:P1}, {answerable.F1:P1} where there is an answer; shared words alone {baseline.F1:P1}");

GivenAnswer answer = answerer.Answer("Where was Olga born?", "Olga was born in Porto in 1950. Later Olga moved to Graz and worked there as a sailor.");
Console.WriteLine(answer.Span is { } span ? $"{span.Text}, at {span.Start} ({answer.Score:P0})" : "no answer");
