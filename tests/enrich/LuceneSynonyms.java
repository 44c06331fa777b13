import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymGraphFilter;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionLengthAttribute;

/** Reads a synonyms file with Lucene's own parser; for each line of the input, prints all that it is searched as. */
class LuceneSynonyms {
    record Edge(int to, String term) {}

    public static void main(String[] args) throws Exception {
        Analyzer words = new WhitespaceAnalyzer();
        SolrSynonymParser parser = new SolrSynonymParser(true, true, words);
        parser.parse(new StringReader(Files.readString(Path.of(args[0]))));
        SynonymMap synonyms = parser.build();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            output.print(String.join("\t", paths(new SynonymGraphFilter(stream(words, line), synonyms, false))) + "\n");
        }
        output.flush();
    }

    static TokenStream stream(Analyzer words, String line) {
        return words.tokenStream("text", line);
    }

    static TreeSet<String> paths(TokenStream tokens) throws Exception {
        var term = tokens.addAttribute(CharTermAttribute.class);
        var step = tokens.addAttribute(PositionIncrementAttribute.class);
        var length = tokens.addAttribute(PositionLengthAttribute.class);
        Map<Integer, List<Edge>> edges = new HashMap<>();
        int from = -1, end = 0;
        tokens.reset();
        while (tokens.incrementToken()) {
            from += step.getPositionIncrement();
            int to = from + length.getPositionLength();
            end = Math.max(end, to);
            edges.computeIfAbsent(from, at -> new ArrayList<>()).add(new Edge(to, term.toString()));
        }
        tokens.end();
        tokens.close();
        var found = new TreeSet<String>();
        walk(edges, 0, end, "", found);
        return found;
    }

    static void walk(Map<Integer, List<Edge>> edges, int at, int end, String said, TreeSet<String> found) {
        if (at == end) {
            found.add(said);
            return;
        }
        for (Edge edge : edges.getOrDefault(at, List.of())) {
            walk(edges, edge.to(), end, said.isEmpty() ? edge.term() : said + " " + edge.term(), found);
        }
    }
}
